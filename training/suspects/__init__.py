"""Training examples whose intent looks wrong: found in the background, offered to the trainer, remembered."""
