"""In charge of the catalogue of commands: one file each, named like the command, with its `command`."""
