"""The page: Gradio on FastAPI. Handlers turn errors into a sentence, and each one checks who asks."""

import os

# Gradio reads these while it is imported, so they stand before any module of this package imports it: nothing is sent out, and
# no answer is kept in the browser's run history.
os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
os.environ["GRADIO_RUN_HISTORY"] = "false"
os.environ["HF_HUB_DISABLE_TELEMETRY"] = "1"
os.environ["HF_HUB_OFFLINE"] = "1"
