"""Ask for a kernel of R: there is one kernel here.

score: 10
"""
# %%
# makes
import json
whole = book(*HONEST["line"])
whole["metadata"] = {"kernelspec": {"name": "ir", "display_name": "R", "language": "R"}, "language_info": {"name": "R"}}
path.write_text(json.dumps(whole))
