# Outputs of unknown types, with wrong fields, metadata as a program and pictures that are none.
# held by: sizes
from IPython.display import display

display(
    {"image/png": "not base64 !!", "application/x-evil": [1, 2], "text/html": 3}, raw=True, metadata={"a": 1}
)
display({"text/plain": ["a", 1, None], "image/svg+xml": "<svg onload='alert(1)'/>"}, raw=True)
get_ipython().display_pub.publish({"text/plain": object()}, metadata=[1])
