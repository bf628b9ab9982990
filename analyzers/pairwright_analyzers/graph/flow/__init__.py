"""Value flow: which functions the values of a workspace can be, and so which calls reach them."""
