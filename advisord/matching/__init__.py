"""From the rows of the join to findings with evidence. Pure: no I/O, no clock."""
