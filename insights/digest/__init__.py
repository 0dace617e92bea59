"""The week's digest: what comes again, is misunderstood or complained of, and where it is mended."""
