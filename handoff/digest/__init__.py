"""The desk's week: what customers complained of, what came too late, what causes it, what leads found."""
