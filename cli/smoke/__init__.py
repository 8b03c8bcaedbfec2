"""Whether a deployment does its work, seen from outside as browsers and Teams see it: HTTP and nothing else."""
