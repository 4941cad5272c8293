"""What the judge asks of its machine: processes with a clock and a limit, turns, scratch folders, sizes."""
