"""Documents that somebody else wrote: read within bounds, with where each of their parts stands."""
