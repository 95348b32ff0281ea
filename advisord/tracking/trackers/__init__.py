"""One file per issue tracker."""
