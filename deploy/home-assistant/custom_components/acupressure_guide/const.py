"""Names of the integration."""

DOMAIN = "acupressure_guide"
CONF_ADDRESS = "address"
DEFAULT_ADDRESS = "http://127.0.0.1:5005"
SECONDS = 12
