"""The machine of an opening (不见面开标): orders in, facts out."""
