"""In charge of web hooks: what happened is told to other systems, signed and in order; what they tell sets runs off."""
