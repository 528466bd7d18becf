    Sure! Here is the solution:
