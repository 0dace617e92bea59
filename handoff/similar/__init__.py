"""Earlier agents' replies to similar questions: masked, merged, searched by meaning and by words."""
