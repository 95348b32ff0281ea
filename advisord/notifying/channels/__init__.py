"""One file per kind of channel; `registry` makes them."""
