"""Walks through a latent space, to look at: a strip that moves, sliders, and brains with their ventricles' area.

moving_strip(walks)                       # an animated PNG: all walks at once
latent_sliders(decode, z)                 # one slider for each entry of z; a picture where there are no widgets
"""

import io

import numpy as np
from PIL import Image

from vaegan.pictures import image_grid
from vaegan.ventricles import ventricle_area


class MovingStrip:
    """An animated PNG that shows itself in a notebook, and that `save` writes.

    Args:
        frames: float in [0, 1], (frames, height, width), grey.
        milliseconds: int, how long each frame is shown.
    """

    def __init__(self, frames, milliseconds=120):
        self.frames = np.clip(np.asarray(frames), 0.0, 1.0)
        self.milliseconds = milliseconds

    def _repr_png_(self):
        content = io.BytesIO()
        pictures = [Image.fromarray(np.uint8(255 * frame)) for frame in self.frames]
        pictures[0].save(content, "PNG", save_all=True, append_images=pictures[1:], loop=0, duration=self.milliseconds)
        return content.getvalue()

    def save(self, path):
        """Write the animation as a PNG file, which browsers move and other programs show the first frame of."""
        with open(path, "wb") as file:
            file.write(self._repr_png_())


def moving_strip(walks, scale=3, there_and_back=True, milliseconds=120):
    """Show several walks at once, side by side, each moving in place.

    Args:
        walks: float, (walks, steps, height, width, 1), in [0, 1].
        scale: int, screen pixels for each pixel.
        there_and_back: whether the way back is shown too, so that nothing jumps.
        milliseconds: int, how long each step is shown.

    Returns:
        MovingStrip.
    """
    walks = np.asarray(walks)
    if walks.ndim != 5 or walks.shape[-1] != 1:
        raise ValueError(
            f"Walks are grey images along ways: expected (walks, steps, height, width, 1), received {walks.shape}."
        )
    frames = np.concatenate(np.pad(walks[..., 0], ((0, 0), (0, 0), (1, 1), (1, 1))), axis=2)  # (steps, height, all)
    frames = np.kron(frames, np.ones((1, scale, scale)))
    return MovingStrip(np.concatenate([frames, frames[-2:0:-1]]) if there_and_back else frames, milliseconds)


def brain_sheet(images, columns, caption):
    """Show brain slices with the area of their ventricles, in mm2, above each: (n, size, size, 1) -> Figure."""
    areas = ventricle_area(images)
    return image_grid(images, columns, titles=[f"{area:.0f} mm$^2$" for area in areas], caption=caption)


def latent_sliders(decode, z, describe=None, reach=2.5, most=10):
    """Let sliders move the entries of one z, and show its image.

    Args:
        decode: function, z float32 (1, latent_dim) -> images (1, height, width, 1).
        z: float, (latent_dim,), where the sliders begin.
        describe: function of the images that returns a text, or None: what is written above the image.
        reach: float, the sliders go from -reach to reach.
        most: int, how many entries get a slider, the first ones.

    Returns:
        An ipywidgets widget; where ipywidgets is not installed, a Figure of the same z with each entry at -reach, 0 and
        reach: the static picture of what the sliders would do.
    """
    z = np.array(z, "float32")
    most = min(most, len(z))
    try:
        import ipywidgets
    except ImportError:
        return static_sliders(decode, z, describe, reach, most)
    sliders = [
        ipywidgets.FloatSlider(value=float(z[i]), min=-reach, max=reach, step=0.1, description=f"z{i}",
                               continuous_update=False) for i in range(most)
    ]  # fmt: skip
    view = ipywidgets.Image(format="png", width=220)

    def show(_=None):
        moved = z.copy()
        moved[:most] = [slider.value for slider in sliders]
        view.value = _picture_of(decode, moved, describe)._repr_png_()

    for slider in sliders:
        slider.observe(show, names="value")
    show()
    return ipywidgets.HBox([view, ipywidgets.VBox(sliders)])


def static_sliders(decode, z, describe=None, reach=2.5, most=10):
    """Show what the sliders would do: a row for each entry, at -reach, 0 and reach; else as `latent_sliders`."""
    moved = np.repeat(np.array(z, "float32")[None], 3 * most, axis=0)
    for entry in range(most):
        moved[3 * entry : 3 * entry + 3, entry] = -reach, 0.0, reach
    images = np.asarray(decode(moved))
    titles = [f"z{row // 3} = {moved[row, row // 3]:g}" for row in range(len(moved))]
    if describe:
        titles = [f"{title}\n{describe(images[i : i + 1])}" for i, title in enumerate(titles)]
    return image_grid(images, 3, titles=titles, caption="One entry of z at a time; the others stay")


def _picture_of(decode, z, describe):
    images = np.asarray(decode(z[None]))
    return image_grid(images, 1, titles=[describe(images) if describe else ""])
