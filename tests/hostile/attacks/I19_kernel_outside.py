"""Ask for a kernel that lies somewhere else: there is one kernel here.

score: 10
"""
# %%
# makes
import json
whole = book(*HONEST["line"])
spec = {"name": "../../x", "display_name": "x", "argv": ["/bin/sh", "-c", "touch /tmp/hostile_mark_of_a_kernel", "{connection_file}"]}
whole["metadata"] = {"kernelspec": spec, "language_info": {"name": "python", "pygments_lexer": "../../x"}}
path.write_text(json.dumps(whole))
