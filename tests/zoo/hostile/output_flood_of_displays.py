# Shows half a million things.
# held by: sizes
from IPython.display import display

for number in range(500_000):
    get_ipython().display_pub.publish({"text/plain": "10"})
