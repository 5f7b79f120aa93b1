"""Tables are written and read with what Python brings along."""
# %%
# honest
# %%
import csv
import io
import sqlite3
database = sqlite3.connect(":memory:")
database.execute("create table points (x real, y real)")
database.executemany("insert into points values (?, ?)", zip(x.tolist(), y.tolist()))
assert database.execute("select count(*) from points").fetchone() == (n,)
text = io.StringIO()
csv.writer(text).writerows(zip(x.tolist(), y.tolist()))
assert len(list(csv.reader(io.StringIO(text.getvalue())))) == n
