"""Print commands that CI systems take from a log.

score: 0
status: cell_error
"""
# %%
# wrong
# %%
print("::error::HOSTILE-LOG\n::set-output name=score::HOSTILE-LOG\n##teamcity[testFinished name='HOSTILE-LOG']\n##vso[task.complete result=Succeeded;]HOSTILE-LOG")
raise ValueError("\n::error file=x::HOSTILE-LOG")
