"""Have a name that a CI system takes for a command where it is at the beginning of a line of the log.

student: "::error::##vso[task.complete result=Succeeded;]##teamcity[x]"
contains: ::error::##vso[task.complete result=Succeeded;]##teamcity[x]
"""
# %%
# honest
