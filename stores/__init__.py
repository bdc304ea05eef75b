"""Where conversations are kept and how their turns are kept apart: our tracker store and our lock stores."""
