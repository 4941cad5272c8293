# %% [markdown]
# # Hints
#
# For every hole of the VAE exercise three hints: a nudge, the way from the equation to code, and one that
# is nearly there. Click to open one. Try the check again after each: most holes need the first hint only.
#
# The rest of this notebook is worth reading before you are stuck.

# %% [markdown]
# ## Finding your way
#
# **Where are the holes?** Search for `ToImplement`: in VS Code with Ctrl+Shift+F, in a terminal with `grep
# -n ToImplement *.py`. When none is left, you are through. Each one says what to write; replace the whole
# `raise` line.
#
# **Notebook or .py?** `vae.ipynb` and `vae.py` are the same lesson: saving the notebook writes the module.
# Edit the one you like (VS Code for `.py`, the browser for the notebook), but not both at a time, and after
# editing `vae.py` choose *File, Reload Notebook from Disk* in JupyterLab.
#
# **Folding** (VS Code). Ctrl+K Ctrl+1 folds every class and function, Ctrl+K Ctrl+2 folds the methods and
# leaves the class headers open, Ctrl+K Ctrl+J unfolds everything. A folded class is its own table of
# contents.
#
# **Handing in** ends with a commit: `git status` shows what changed, `git add vae.ipynb vae.py
# train_vae_mnist.ipynb` chooses, `git commit -m "Exercise 3: VAE"` records. Before that, *Kernel, Restart
# Kernel and Run All Cells*: a notebook that works only in the order in which you happened to run it does
# not work.

# %% [markdown]
# ## Looking at things
#
# **`variable.shape` is your friend.** Half of all mistakes are shapes. Write the shape you expect as a
# comment at the end of the line, `# (batch, 10)`, print what you have, and compare.
#
# **`%whos`** in a cell lists your variables in three columns, Variable, Type and Data/Info. (The table on
# the slides, with sizes and bytes, is MATLAB's. IPython shows the shape and the size of NumPy arrays in the
# last column.)
#
# **One small input.** Before you think about a batch of images, call your function with one example and two
# numbers whose answer you know by heart.
#
# **Printing inside `train_step`** shows something like `SymbolicTensor` instead of numbers, and only once:
# `fit` compiles the method into a graph. Call `vae.train_step(batch)` directly, or `compile(...,
# run_eagerly=True)`, and you see numbers. Tuesday's exercise is about this.

# %% [markdown]
# ## Messages that you may meet
#
# - `ToImplement: ...`: no error of yours, but a hole that is still open, perhaps in an earlier cell.
# - `No gradients provided for any variable`: the loss left TensorFlow (a NumPy function, `float(...)`), or
#   it was computed outside the tape.
# - `No module named 'vae'`: save `vae.ipynb` first; that writes `vae.py` beside it.
# - `Could not locate class` when loading: the class is not registered. Keep the `@keras.saving...` line
#   above it, and import `vae` before you load.
# - `... was expected to be a float tensor but is a double tensor`: two number types met. Cast one to the
#   other's type.
# - The loss is `nan`: an exponential ran over. Is a log-variance being taken for a variance somewhere?
# - The loss is near 0.7 where hundreds are expected: averaged over the pixels instead of summed.

# %% [markdown]
# ## Encoder
#
# <details><summary>Hint 1: a nudge</summary>
#
# Everything with weights is made in `__init__` and kept on `self`; `call` only uses it. How many layers
# with weights do you need if one body serves two heads?
#
# </details>
#
# <details><summary>Hint 2: from the equation to code</summary>
#
# `layers.Flatten` makes $(batch, 784)$ of $(batch, 28, 28, 1)$. The body is a `layers.Dense` with ReLU.
# $\mu(x)$ and $\log \sigma^2(x)$ may be any real numbers, so each head is a `layers.Dense` of `latent_dim`
# units that keeps its default activation, which is none.
#
# </details>
#
# <details><summary>Hint 3: nearly there</summary>
#
# Four attributes: flattening, body, first head, second head. In `call`, name the output of the body (say
# `features`), give *the same* `features` to both heads, and return the two results separated by a comma:
# first the mean.
#
# </details>

# %% [markdown]
# ## Sampling
#
# <details><summary>Hint 1: a nudge</summary>
#
# Equation (1) needs $\sigma$, you hold $\log \sigma^2$. On paper: which function turns one into the other?
# Try it with variance 4: you hold $\ln 4 = 1.386$ and need 2.
#
# </details>
#
# <details><summary>Hint 2: from the equation to code</summary>
#
# $\log \sigma^2 = 2 \log \sigma$, hence $\log \sigma$ is half of what you hold, and the exponential undoes
# the logarithm: `ops.exp`. The noise is `keras.random.normal`: its first argument is a shape, and its
# keyword `seed` takes a generator as well as a number.
#
# </details>
#
# <details><summary>Hint 3: nearly there</summary>
#
# Ask for the shape with `ops.shape(...)`, which also works when the batch size is not known yet. Then it is
# one line: the mean, plus the standard deviation times the noise, entry by entry (`*`). If a check says
# that two calls agree, you passed a number as seed instead of the layer's generator.
#
# </details>

# %% [markdown]
# ## Decoder
#
# <details><summary>Hint 1: a nudge</summary>
#
# It is the encoder in reverse: few numbers in, many out, and at the end a shape has to be restored instead
# of removed.
#
# </details>
#
# <details><summary>Hint 2: from the equation to code</summary>
#
# A `layers.Dense` body with ReLU, a second `layers.Dense` with one unit per pixel, and `layers.Reshape`,
# which wants the shape *without* the batch. Logits are unbounded: the last Dense has no activation, not
# even a sigmoid.
#
# </details>
#
# <details><summary>Hint 3: nearly there</summary>
#
# `get_config` collects what `__init__` was given, under the same names: compare the encoder's, and replace
# its two arguments by the decoder's two. If the values come back as defaults, an entry is missing or its
# name is misspelt.
#
# </details>

# %% [markdown]
# ## Bernoulli likelihood, equation (3)
#
# <details><summary>Hint 1: a nudge</summary>
#
# First one pixel. Put $\pi = \mathrm{sigmoid}(\ell)$ into (3) and simplify on paper: the result has two
# terms, one of which does not contain $x$ at all.
#
# </details>
#
# <details><summary>Hint 2: from the equation to code</summary>
#
# $-\log \pi = \mathrm{softplus}(-\ell)$ and $-\log(1 - \pi) = \mathrm{softplus}(\ell)$. And
# $\mathrm{softplus}(\ell) - \mathrm{softplus}(-\ell) = \ell$. So (3) for one pixel is a softplus minus a
# product. Sum it with `ops.sum` over the axes that were prepared for you.
#
# </details>
#
# <details><summary>Hint 3: nearly there</summary>
#
# Test your formula with $x = 1$: it must fall to 0 for large positive logits and grow like $-\ell$ for
# negative ones. If you prefer a ready function, TensorFlow has a cross-entropy that takes logits in
# `tf.nn`; it returns one number per *pixel*, so the sum is still yours. The mean of a coin is its
# probability: `ops` has the function that makes probabilities of logits.
#
# </details>

# %% [markdown]
# ## KL divergence, equation (4)
#
# <details><summary>Hint 1: a nudge</summary>
#
# Write (4) for a single entry, with the names of the arguments. Only one of its four terms needs a
# function.
#
# </details>
#
# <details><summary>Hint 2: from the equation to code</summary>
#
# $\log \sigma_j^2$ is `z_log_var` as it stands; $\sigma_j^2$ is its exponential (this time *without*
# halving: (4) wants the variance); $\mu_j^2$ is a square. The sum over $j$ is `ops.sum` over the last axis,
# `axis=-1`.
#
# </details>
#
# <details><summary>Hint 3: nearly there</summary>
#
# Check the four terms with mean 2 and log-variance 0: $1 + 0 - 4 - 1 = -4$, and a factor of $-\frac12$
# makes it 2. If your result is 4, 0.4 or $-2$, you miss the half, average instead of summing, or dropped
# the sign.
#
# </details>

# %% [markdown]
# ## Gaussian likelihood, equation (5)
#
# <details><summary>Hint 1: a nudge</summary>
#
# The bracket in (5) has two terms, and *both* are summed over the entries of $x$.
#
# </details>
#
# <details><summary>Hint 2: from the equation to code</summary>
#
# `self.variance` is $s^2$ itself: divide the squared error by it, and put it under the logarithm. It is a
# plain number, so `math.log` will do.
#
# </details>
#
# <details><summary>Hint 3: nearly there</summary>
#
# Add the constant to the array of scaled squared errors *before* summing, then it is counted once per entry
# by itself; halve at the end. One entry, no error, variance 1: 0.919.
#
# </details>

# %% [markdown]
# ## VAE: forward
#
# <details><summary>Hint 1: a nudge</summary>
#
# No method needs a formula. Each calls parts that exist: `self.encoder`, `self.decoder`, `self.sampling`,
# `self.likelihood`, and the function for the KL.
#
# </details>
#
# <details><summary>Hint 2: from the equation to code</summary>
#
# Follow the arrows: $x \to (\mu, \log\sigma^2) \to z \to$ parameters of $p(x|z)$. That is `call`.
# `elbo_terms` walks the same way and, at the end, asks the likelihood what $x$ costs under these
# parameters, and the KL function what the cloud costs.
#
# </details>
#
# <details><summary>Hint 3: nearly there</summary>
#
# Let `call` and `elbo_terms` go through your own `encode` and `decode`, not past them: a subclass that
# redefines one of these (Wednesday's conditional VAE) then gets the rest for free. `elbo_terms` returns a
# pair, first the reconstruction loss, nothing averaged. In the zero-weight test 0.5 instead of 543 points
# at a mean over pixels.
#
# </details>

# %% [markdown]
# ## VAE: train_step and test_step
#
# <details><summary>Hint 1: a nudge</summary>
#
# Three stages: forward under the tape, gradients, update. Then the books. The tape only sees what happens
# inside its `with` block.
#
# </details>
#
# <details><summary>Hint 2: from the equation to code</summary>
#
# Under the tape: the two terms from `elbo_terms`, and the scalar that is minimised, the batch mean
# (`ops.mean`) of their sum. Afterwards `tape.gradient(what, with_respect_to)`, and the optimizer wants
# pairs (gradient, variable), which `zip` makes.
#
# </details>
#
# <details><summary>Hint 3: nearly there</summary>
#
# One list of variables serves for both: the model's own `trainable_variables`, which holds the encoder's
# and the decoder's. The optimizer's method is `apply_gradients`. Return the dict that the trackers give
# you, not one of your own, or `fit` reports the last batch. `test_step` is the same without tape and
# optimizer: two lines.
#
# </details>

# %% [markdown]
# ## VAE: sample and reconstruct
#
# <details><summary>Hint 1: a nudge</summary>
#
# Both decode some $z$ and show the mean image. They differ only in where $z$ comes from.
#
# </details>
#
# <details><summary>Hint 2: from the equation to code</summary>
#
# `sample`: the prior is a standard normal, `keras.random.normal` with a shape made of `num_samples` and
# `self.latent_dim`, and without a seed. `reconstruct`: the best single $z$ for $x$ is the mean of its
# cloud.
#
# </details>
#
# <details><summary>Hint 3: nearly there</summary>
#
# The decoder gives logits. The likelihood has a method that makes an image of them, and it is the right one
# for the Gaussian too. If `reconstruct` changes from call to call, there is still a draw in it.
#
# </details>

# %% [markdown]
# ## VAE: get_config and from_config
#
# <details><summary>Hint 1: a nudge</summary>
#
# A config must be plain data: numbers, texts, lists, dicts. Your three arguments are objects. Keras has one
# function that makes plain data of an object, and one that goes back.
#
# </details>
#
# <details><summary>Hint 2: from the equation to code</summary>
#
# Start from the parent's config, which holds the name. Add one entry per argument of `__init__`, under the
# argument's name. `from_config` gets exactly that dict: turn the three entries back, then call the class
# with all of them as keyword arguments.
#
# </details>
#
# <details><summary>Hint 3: nearly there</summary>
#
# Work on a copy, `dict(...)`, so that the caller's dict stays as it was and can be used twice. The
# likelihood is an argument like the other two: forget it and a Gaussian VAE comes back as a Bernoulli one.
#
# </details>

# %% [markdown]
# # The debugger exercise
#
# Before the hints: the two mistakes that cost most time. pdb stops *before* a line, so what the line makes
# does not exist yet. And a condition that raises an error stops too, without a word: read the end of the
# story that `tell` gives, where each breakpoint says how often it could not be evaluated.

# %% [markdown]
# ## Where breakpoints fire
#
# <details><summary>Hint 1: a nudge</summary>
#
# Ask one question of each place: does *Python* run this line for every batch, or has somebody taken a copy
# of it beforehand?
#
# </details>
#
# <details><summary>Hint 2: from the idea to the answer</summary>
#
# The two cells above the hole count the stops for four of the five places, with eight batches or calls. A
# count of 2 means: twice while the graph was written down, and never again.
#
# </details>
#
# <details><summary>Hint 3: nearly there</summary>
#
# For the callback, count yourself: `count_stops(Mine.on_train_batch_end, lambda: model.fit(...,
# callbacks=[Mine()]))`, with a class `Mine` of `keras.callbacks.Callback` that has this one method.
#
# </details>

# %% [markdown]
# ## Warm-up
#
# <details><summary>Hint 1: a nudge</summary>
#
# Three things in this order: a breakpoint, how many passes it should let by, and off you go.
#
# </details>
#
# <details><summary>Hint 2: from the idea to the commands</summary>
#
# `b` takes the name of a function. The count is for breakpoint number 1, and it says how many calls are
# *passed by*, which is one less than the number of the call at which to stop.
#
# </details>
#
# <details><summary>Hint 3: nearly there</summary>
#
# Count the frames in the picture of section 4: from `kl_to_standard_normal`, how many callers up is
# `evaluate`? Only there does `p` know the variable.
#
# </details>

# %% [markdown]
# ## Part 1: find it
#
# <details><summary>Hint 1: a nudge</summary>
#
# Work from the outside in. In the function with the loop over batches, stop on the line *after* the loss was
# computed, with a condition on the loss. If the report is `nan` or `inf`, ask `not np.isfinite(loss)`; if it is
# merely large, compare with a number between the mean and the worst.
#
# </details>
#
# <details><summary>Hint 2: from the batch to the function</summary>
#
# Now you know the batch, and how its data look: `p images.min(), images.max()`, or the labels. Which condition
# is true for this batch alone? Use it at the start of the step, `tbreak` there, and then walk down with `n`
# and `s`, printing what each function receives and returns. The first that receives finite numbers and returns
# something else is the one. Read its docstring aloud.
#
# </details>
#
# <details><summary>Hint 3: nearly there</summary>
#
# Inside the function go line by line with `n` and print what each line has made. Ask of the first odd result:
# is it what the docstring says, for *these* arguments? Work one entry out on paper. Finite numbers can be
# wrong, too: squares that are negative, a spread of a thousand where the variance says thirty squared, ones in
# the wrong places.
#
# </details>

# %% [markdown]
# ## Part 2: the session
#
# <details><summary>Hint 1: a nudge</summary>
#
# You know the line. Put the breakpoint one line further down, and turn what you saw into a condition on the
# variable: not which batch it was, but what was wrong with the numbers.
#
# </details>
#
# <details><summary>Hint 2: from the way to the commands</summary>
#
# Seven or eight commands: break with condition, continue, print the variable, up as often as it takes, print
# the number of the batch, quit. `w` shows how many frames lie between. If your number of passes or batches
# stands anywhere in the session, it will not work on other data.
#
# </details>
#
# <details><summary>Hint 3: nearly there</summary>
#
# For infinite and undefined numbers `not np.isfinite(NAME).all()` does it. For numbers that are too large,
# compare with a threshold far above the ordinary ones: look at a few ordinary batches first. Try your session
# on other data yourself: `replay(program(student_id(), 12345), session())`.
#
# </details>

# %% [markdown]
# ## Part 3: fix it
#
# <details><summary>Hint 1: a nudge</summary>
#
# Copy the whole function, rename it to `fixed`, and change as little as you can.
#
# </details>
#
# <details><summary>Hint 2: from the docstring to code</summary>
#
# The docstring says what should come out in the odd case. Three kinds of repair cover most programs: use the
# right formula; keep the odd value away from the operation that cannot stand it, and only that value; do the
# same arithmetic in an order, or in a number type, in which nothing overflows.
#
# </details>
#
# <details><summary>Hint 3: nearly there</summary>
#
# `np.maximum(value, smallest)`, `np.where(condition, this, that)`, `np.clip`, `.astype("float64")`,
# `np.logaddexp`, and "subtract the largest before you exponentiate" are the usual tools. Check ordinary inputs
# as well: they must give what they gave before, unless the formula itself was wrong.
#
# </details>

# %% [markdown]
# # The images exercise
#
# For every hole of `images.ipynb` three hints: a nudge, the way to code, and one that is nearly there.

# %% [markdown]
# ## Grid: voxel_size, to_mm, to_voxels
#
# <details><summary>Hint 1: a nudge</summary>
#
# Draw one step along `i` as an arrow in the head: three numbers, in mm. They are the first column of $M$.
# Its length, its direction: everything is in there.
#
# </details>
#
# <details><summary>Hint 2: from the idea to code</summary>
#
# The length of a vector is the root of the sum of its squares; `axis=0` sums down the columns. For one
# point, equation (1) is $M v + t$. Points in rows want the transposed matrix on the right: `points @ M.T`.
#
# </details>
#
# <details><summary>Hint 3: nearly there</summary>
#
# $M$ is `self.affine[:3, :3]`, $t$ is `self.affine[:3, 3]`. `to_voxels` is `to_mm` with
# `np.linalg.inv(self.affine)` in place of `self.affine`: invert all sixteen numbers, and $t$ is taken care
# of.
#
# </details>

# %% [markdown]
# ## Volume: load and save
#
# <details><summary>Hint 1: a nudge</summary>
#
# Two nibabel calls each way. Where does the scale factor get applied, and is what you hold a copy?
#
# </details>
#
# <details><summary>Hint 2: from the idea to code</summary>
#
# `image.get_fdata(dtype="float32")` are scaled values, `image.affine` is the affine. `np.array(...)`
# copies, `np.asarray(...)` may not. To write: `nibabel.Nifti1Image(voxels, affine)`.
#
# </details>
#
# <details><summary>Hint 3: nearly there</summary>
#
# `load` ends with `return cls(voxels, affine, name)`: `cls` is the class before the dot in
# `BrainVolume.load`. `save` returns nothing, and `nibabel.save` wants first the image, then the path.
#
# </details>

# %% [markdown]
# ## Volume: to_ras
#
# <details><summary>Hint 1: a nudge</summary>
#
# Voxels and affine are a pair: whoever turns one without the other moves the head.
#
# </details>
#
# <details><summary>Hint 2: from the idea to code</summary>
#
# `nibabel.as_closest_canonical` turns both together. It wants an image: make one of your voxels and your
# affine. By hand: `nibabel.io_orientation(affine)` says for each axis of the array where it goes and
# whether it runs backwards.
#
# </details>
#
# <details><summary>Hint 3: nearly there</summary>
#
# What comes back has `.dataobj` and `.affine`. Put them into a new object of the class that `self` is,
# `type(self)(...)`, and do not forget the name.
#
# </details>

# %% [markdown]
# ## Volume: coronal_slice
#
# <details><summary>Hint 1: a nudge</summary>
#
# Your grid knows which voxel lies at a place. It answers with fractions.
#
# </details>
#
# <details><summary>Hint 2: from the idea to code</summary>
#
# `np.rint(...)` rounds to the nearest, `.astype(int)` after it makes indices (before it, it would cut
# off). For the picture: which index is constant in a coronal plane? Print the shape of what you cut.
#
# </details>
#
# <details><summary>Hint 3: nearly there</summary>
#
# `self.voxels[:, j, :]` has x along its rows. `.T` exchanges rows and columns, `[::-1]` turns the rows
# round. If left and right are exchanged, you turned once too often.
#
# </details>

# %% [markdown]
# ## Volume: normalised; BrainVolume: foreground
#
# <details><summary>Hint 1: a nudge</summary>
#
# The percentiles are asked of the foreground, the formula is applied to all voxels.
#
# </details>
#
# <details><summary>Hint 2: from the idea to code</summary>
#
# `np.percentile(values, (2, 98))` gives both at once, on a scale from 0 to 100. `np.clip(values, 0, 1)`
# cuts off what is beyond.
#
# </details>
#
# <details><summary>Hint 3: nearly there</summary>
#
# Call `self.foreground()` with `self.`, and the subclass is heard. In `BrainVolume`, `self.voxels > 0` is
# an array of True and False; used as an index, `self.voxels[...]`, it picks the values.
#
# </details>

# %% [markdown]
# ## Cohort
#
# <details><summary>Hint 1: a nudge</summary>
#
# Keep paths, not volumes. The list `self.scans` can count and can be indexed; lean on it.
#
# </details>
#
# <details><summary>Hint 2: from the idea to code</summary>
#
# `csv.DictReader(file, delimiter="\t")` is a loop of dicts, one for each row. The subject's folder is
# `self.folder / row["participant_id"]`, and `rglob` looks through all folders inside.
#
# </details>
#
# <details><summary>Hint 3: nearly there</summary>
#
# The pattern `*_T1w.nii*` finds both suffixes; `sorted(...)` puts the files of one subject in order. In
# `__getitem__`, `self.scans[index]` raises the IndexError by itself, and `self.volume_class.load(path)`
# does the reading.
#
# </details>

# %% [markdown]
# ## split_by_subject
#
# <details><summary>Hint 1: a nudge</summary>
#
# Draw names, not numbers of scans.
#
# </details>
#
# <details><summary>Hint 2: from the idea to code</summary>
#
# A NumPy generator that was made from the seed has a method `choice`; read its `replace`. Which scans belong
# to the subjects it drew? `np.isin(subjects, drawn)` answers for all at once.
#
# </details>
#
# <details><summary>Hint 3: nearly there</summary>
#
# `np.flatnonzero(mask)` turns True and False into positions, and `~mask` is the opposite. First the
# training part, then the test part.
#
# </details>

# %% [markdown]
# ## SliceClassifier
#
# <details><summary>Hint 1: a nudge</summary>
#
# Three layers, made once, used in order. `x` goes in, is replaced by what the layer returns, and goes on.
#
# </details>
#
# <details><summary>Hint 2: from the idea to code</summary>
#
# `layers.Flatten()`, `layers.Dense(units, activation="relu")`, `layers.Dense(units)`. Whatever you put
# into `self` in `__init__`, Keras finds.
#
# </details>
#
# <details><summary>Hint 3: nearly there</summary>
#
# `config = super().get_config()` has the name already. Add your two arguments under the names that
# `__init__` gives them, with the values in `self`, and return it.
#
# </details>
