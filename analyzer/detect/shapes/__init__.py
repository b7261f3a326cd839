"""What values of a kind look like: conditions on the value beside a name that fits."""
