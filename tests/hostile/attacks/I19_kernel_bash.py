"""Ask for the kernel of a shell: there is one kernel here.

score: 10
"""
# %%
# makes
import json
whole = book(*HONEST["line"])
whole["metadata"] = {"kernelspec": {"name": "bash", "display_name": "Bash", "language": "bash"}, "language_info": {"name": "bash"}}
path.write_text(json.dumps(whole))
