r"""Be called something that ends an attribute, whichever quotes it is in.

student: "' onmouseover='alert(1)' \" onfocus=\"alert(1)\" autofocus x=`<!--"
contains: ' onmouseover='alert(1)' " onfocus="alert(1)" autofocus x=`<!--
"""
# %%
# honest
