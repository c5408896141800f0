"""What every test shares."""

from hypothesis import HealthCheck, settings

# Tests share two cores with a browser; a slow machine is no reason to fail a property.
settings.register_profile("yunkai", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("yunkai")
