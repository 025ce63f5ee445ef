"""The page: Gradio on FastAPI. Handlers turn errors into a sentence, and each one checks who asks."""

import os

from interviewer.web.stubs import write_no_stubs

# Gradio reads these while it is imported, so they stand before any module of this package imports it: nothing is sent out, and
# no answer is kept in the browser's run history.
os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
os.environ["GRADIO_RUN_HISTORY"] = "false"
os.environ["HF_HUB_DISABLE_TELEMETRY"] = "1"
os.environ["HF_HUB_OFFLINE"] = "1"
# It would sum up all events so far with pandas after each one, for a page of its own that is switched off here.
os.environ["GRADIO_ANALYTICS_CACHE_FREQUENCY"] = "1000000000"
write_no_stubs()
