# %% [markdown]
# # Hints
#
# For every hole three hints: a nudge, the way from the equation to code, and one that is nearly there. Click
# to open one. Try the check again after each: most holes need the first hint only. The VAE exercise comes
# first, then the debugger, the images, the autoencoder, the GAN, the conditional models and tuning.
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
# **Printing inside `train_step`** shows something like `SymbolicTensor` instead of numbers, and only at the
# start: `fit` compiles the method into a graph, for which it runs your lines once or twice.
# Call `vae.train_step(batch)` directly, or `compile(...,
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
# makes it 2. If your result is 4 or $-2$, you miss the half or dropped the sign. With five such entries the
# sum is 10; if you get 2 there, you averaged over the entries.
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
# pair, first the reconstruction loss, nothing averaged. In the zero-weight test $\ln 2 = 0.69$ instead of
# $784 \ln 2 = 543$ points at a mean over pixels.
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

# %% [markdown]
# # The autoencoder exercise
#
# For every hole of `autoencoder.ipynb` three hints. Most holes are two or three lines: write down the shapes
# first, (batch, pixels) and (batch, code), and the lines nearly write themselves.

# %% [markdown]
# ## The reconstruction error, equation (1)
#
# <details><summary>Hint 1: a nudge</summary>
#
# Three operations, from the inside out: a difference, a square, a sum. Which axes must survive the sum?
#
# </details>
#
# <details><summary>Hint 2: from the equation to code</summary>
#
# `ops.square` squares entry by entry, and `ops.sum` takes a tuple of axes. The tuple is there already:
# `pixel_axes`.
#
# </details>
#
# <details><summary>Hint 3: nearly there</summary>
#
# Use `ops`, not NumPy: the training step wants a gradient through this function. If the check says 0.25, you
# took a mean; if it wants (4,) and you return one number, you summed over the examples, too.
#
# </details>

# %% [markdown]
# ## PCA, equations (2) and (3)
#
# <details><summary>Hint 1: a nudge</summary>
#
# `rows` has an image in each row. The mean image is a mean over the *rows*, and everything else happens to
# what is left when it is taken away.
#
# </details>
#
# <details><summary>Hint 2: from the equation to code</summary>
#
# `np.linalg.svd(..., full_matrices=False)` gives three things; the third has the directions as rows, the
# largest first. Take the first `num_components` of them. The second holds every $s_j$: square, and divide by
# the number of images.
#
# </details>
#
# <details><summary>Hint 3: nearly there</summary>
#
# (2) for all images at once: centred rows times the transposed components are the codes, $(n, J)$; codes times
# components, plus the mean, are images again. `np.reshape` to `np.shape(x)` at the end. If your error is not
# the sum of the variances left out, ask whether you centred in both functions.
#
# </details>

# %% [markdown]
# ## Autoencoder: forward
#
# <details><summary>Hint 1: a nudge</summary>
#
# There is nothing to compute. The object has an encoder and a decoder, and each can be called like a function.
#
# </details>
#
# <details><summary>Hint 2: from the idea to code</summary>
#
# `self.encoder(x)` is a code. `call` is the two methods above it, one after the other.
#
# </details>
#
# <details><summary>Hint 3: nearly there</summary>
#
# Let `call` use `self.encode` and `self.decode`, not the networks themselves: a subclass that changes one of
# these is then heard.
#
# </details>

# %% [markdown]
# ## Autoencoder: train_step and test_step
#
# <details><summary>Hint 1: a nudge</summary>
#
# Three stages: forward under the tape, gradients, update. Say aloud what the model is *shown* and what its
# answer is *compared with*: they are two different things.
#
# </details>
#
# <details><summary>Hint 2: from the text to code</summary>
#
# Inside `with tf.GradientTape() as tape:` call the model on `self.corrupt(x)` with `training=True`, compute the
# errors against `x`, and their `ops.mean`. Behind it, `tape.gradient(what, with_respect_to)`; the optimizer's
# `apply_gradients` wants pairs, which `zip` makes.
#
# </details>
#
# <details><summary>Hint 3: nearly there</summary>
#
# `self.trainable_variables` serves twice: for the tape, and for the optimizer. Hand the *errors* to
# `self.update_trackers`, not their mean, or a small last batch counts as much as a large one. `test_step` needs
# no tape, no optimizer and no `corrupt`: one line.
#
# </details>

# %% [markdown]
# ## Autoencoder: get_config and from_config
#
# <details><summary>Hint 1: a nudge</summary>
#
# A config is plain data: numbers, texts, lists, dicts. Encoder and decoder are objects. Section 4 names the
# function that makes plain data of an object, and the one that goes back.
#
# </details>
#
# <details><summary>Hint 2: from the text to code</summary>
#
# Start from `super().get_config()`, which holds the name, and add two entries, called like the arguments of the
# constructor. `from_config` gets such a dict: turn these two back into objects.
#
# </details>
#
# <details><summary>Hint 3: nearly there</summary>
#
# Work on a copy, `dict(config)`, so that the caller's dict can be used twice. Then `cls(**config)`: `cls` is the
# class before the dot, so the denoiser of section 7 inherits this method as it is.
#
# </details>

# %% [markdown]
# ## Principal angles, equation (4)
#
# <details><summary>Hint 1: a nudge</summary>
#
# Two decompositions: one that makes orthonormal bases, one that gives the cosines.
#
# </details>
#
# <details><summary>Hint 2: from the equation to code</summary>
#
# `np.linalg.qr` works on columns, and you hold rows: transpose first, and take the first of the two things it
# returns. With bases as columns, the matrix of (4) is the transposed first basis times the second.
#
# </details>
#
# <details><summary>Hint 3: nearly there</summary>
#
# `np.linalg.svd(..., compute_uv=False)` returns the singular values alone, the largest first, so the angles come
# out smallest first. `np.clip` to [0, 1], `np.arccos`, `np.degrees`.
#
# </details>

# %% [markdown]
# ## ConvEncoder
#
# <details><summary>Hint 1: a nudge</summary>
#
# Each line of the table is a layer: made once in `__init__`, called once in `call`, in this order.
#
# </details>
#
# <details><summary>Hint 2: from the table to code</summary>
#
# `layers.Conv2D(how_many, 3, strides=2, padding="same", activation="relu")`, twice, then `layers.Flatten()` and
# a `layers.Dense`.
#
# </details>
#
# <details><summary>Hint 3: nearly there</summary>
#
# The second convolution has `2 * filters`. The Dense layer has `latent_dim` units and no activation. If the
# check finds no negative number in a code, one slipped in.
#
# </details>

# %% [markdown]
# ## ConvDecoder
#
# <details><summary>Hint 1: a nudge</summary>
#
# The encoder backwards. How high and how wide is an image after two layers that halve it?
#
# </details>
#
# <details><summary>Hint 2: from the table to code</summary>
#
# The Dense layer makes `height // 4` times `width // 4` times `2 * filters` numbers, and `layers.Reshape` puts
# them into maps of just that shape. `layers.Conv2DTranspose` takes the same arguments as `layers.Conv2D`.
#
# </details>
#
# <details><summary>Hint 3: nearly there</summary>
#
# The last layer has `channels` filters, and `activation=activation`: the constructor's argument, handed on.
#
# </details>

# %% [markdown]
# ## PSNR, equation (6)
#
# <details><summary>Hint 1: a nudge</summary>
#
# This time it *is* a mean over pixels. The logarithm comes last.
#
# </details>
#
# <details><summary>Hint 2: from the equation to code</summary>
#
# The logarithm of one over something is minus the logarithm of it: `-10 * np.log10(...)` of the mean square.
#
# </details>
#
# <details><summary>Hint 3: nearly there</summary>
#
# `np.mean(..., axis=pixel_axes)` leaves one number for each image; take the logarithm of each. The mean of the
# logarithms is not the logarithm of the mean.
#
# </details>

# %% [markdown]
# ## DenoisingAutoencoder, equation (5)
#
# <details><summary>Hint 1: a nudge</summary>
#
# Two short methods, and nothing else changes: no step, no saving. `corrupt` is a sum of two things.
#
# </details>
#
# <details><summary>Hint 2: from the equation to code</summary>
#
# `keras.random.normal` wants a shape, and `seed=self.seed_generator`. Ask for the shape with `ops.shape(x)`,
# which also works when the batch size is not known yet. `get_config` starts from the parent's dict, which has
# both networks in it already.
#
# </details>
#
# <details><summary>Hint 3: nearly there</summary>
#
# `self.noise_std` times the noise, added to `x`: no clip, no square. The entry that `get_config` adds is called
# `noise_std`.
#
# </details>

# %% [markdown]
# ## vote_of_neighbours
#
# <details><summary>Hint 1: a nudge</summary>
#
# Three steps: a table of distances, $(m, n)$, the positions of the nearest in each row, the vote of their labels.
#
# </details>
#
# <details><summary>Hint 2: from the idea to code</summary>
#
# For one code the distances are `np.sum((train_codes - code) ** 2, axis=1)`; do it for each and `np.stack` them.
# `np.argsort(..., axis=1)[:, :num_neighbours]` are the positions.
#
# </details>
#
# <details><summary>Hint 3: nearly there</summary>
#
# `train_labels[positions]` looks all labels up at once, $(m, k)$. `np.bincount(...).argmax()` of each row is the
# label with most votes, and the smaller of two with equally many. Return an array of integers.
#
# </details>

# %% [markdown]
# ## straight_path, equation (7)
#
# <details><summary>Hint 1: a nudge</summary>
#
# The numbers $t$ first: how many, from where to where, both ends included?
#
# </details>
#
# <details><summary>Hint 2: from the equation to code</summary>
#
# `np.linspace(0, 1, num_steps)`, as a column: `[:, None]`. A column times a code, $(n, 1)$ times $(d,)$, is
# $(n, d)$.
#
# </details>
#
# <details><summary>Hint 3: nearly there</summary>
#
# Networks want float32, and `np.linspace` gives float64 unless you say `dtype="float32"`.
#
# </details>

# %% [markdown]
# # The GAN exercise
#
# Most of the time goes into one question: *who moves?* In each step one network learns and the other only
# helps. Before you write a step, say aloud which is which.
#
# Losses that do not fall are no sign of a mistake: each side is measured against an opponent who learns
# too. Trust the checks, and pictures.

# %% [markdown]
# ## The value of the game, equations (1) and (2)
#
# <details><summary>Hint 1: a nudge</summary>
#
# Both are one line of NumPy; what needs thought is zero. Where do 0/0 and 0 times minus infinity turn up?
#
# </details>
#
# <details><summary>Hint 2: from the equation to code</summary>
#
# (2) is a quotient of arrays. Divide by something harmless where the sum is 0, then let `np.where` put
# one half there. For (1), `xlogy(p, q)` is $p \log q$ and knows that it is 0 where $p$ is.
#
# </details>
#
# <details><summary>Hint 3: nearly there</summary>
#
# (1) is the sum of two arrays: real probabilities with the logarithm of `d`, the model's with the
# logarithm of what `d` leaves to 1. `np.sum`, then `float`. With `d` of one half everywhere it must give
# $-1.386$, whatever the two distributions are.
#
# </details>

# %% [markdown]
# ## Generator
#
# <details><summary>Hint 1: a nudge</summary>
#
# Draw the shapes first: 64 numbers, then 7 x 7, then 14 x 14, then 28 x 28. Each arrow is a layer with
# weights; batch normalisation and ReLU keep the shape.
#
# </details>
#
# <details><summary>Hint 2: from the equation to code</summary>
#
# The Dense layer makes as many numbers as `seed_shape` multiplied out (`math.prod`), `layers.Reshape`
# puts them into it. `layers.Conv2DTranspose(channels, 4, strides=2, padding="same")` doubles height and
# width. The last one ends in `activation="sigmoid"`.
#
# </details>
#
# <details><summary>Hint 3: nearly there</summary>
#
# Two `BatchNormalization` layers, made in `__init__` like all layers, each called with
# `training=training`, each followed by `ops.relu`. If fakes do not depend on `training`, you forgot to
# hand it on. `get_config` is the one of Monday's encoder with three other names.
#
# </details>

# %% [markdown]
# ## Discriminator
#
# <details><summary>Hint 1: a nudge</summary>
#
# The generator backwards, with three differences: plain convolutions, a leaky ReLU, and a first layer
# without batch normalisation.
#
# </details>
#
# <details><summary>Hint 2: from the equation to code</summary>
#
# `layers.Conv2D(..., strides=2, padding="same")` halves height and width. One
# `layers.LeakyReLU(negative_slope=0.2)` can serve twice: it has no weights. Then `layers.Flatten` and a
# Dense layer of one unit.
#
# </details>
#
# <details><summary>Hint 3: nearly there</summary>
#
# No activation at the end: the loss wants logits. If the check says that `training` changes nothing, the
# batch normalisation of the *second* convolution is missing, or `training` does not reach it.
#
# </details>

# %% [markdown]
# ## The discriminator's loss, equation (3)
#
# <details><summary>Hint 1: a nudge</summary>
#
# Write one side for a general target $t$ first. The other side is the same with another logit and another
# target.
#
# </details>
#
# <details><summary>Hint 2: from the equation to code</summary>
#
# $-t \log D - (1 - t) \log(1 - D)$ with softplus is $t\,\mathrm{softplus}(-\ell) + (1 -
# t)\,\mathrm{softplus}(\ell)$, and that simplifies to $\mathrm{softplus}(\ell) - t\,\ell$.
#
# </details>
#
# <details><summary>Hint 3: nearly there</summary>
#
# Compute it for the real logits with the real target, for the fake logits with the fake target, and add
# the two arrays. No mean, no sum over the batch: shapes (batch,) in, (batch,) out. 0.693 instead of 1.386
# means a mean over the two sides.
#
# </details>

# %% [markdown]
# ## The generator's losses, equations (4) and (5)
#
# <details><summary>Hint 1: a nudge</summary>
#
# Each is one softplus, up to signs. Which sign of the logit makes the generator happy?
#
# </details>
#
# <details><summary>Hint 2: from the equation to code</summary>
#
# $-\log \mathrm{sigmoid}(\ell) = \mathrm{softplus}(-\ell)$ and $\log(1 - \mathrm{sigmoid}(\ell)) =
# -\mathrm{softplus}(\ell)$.
#
# </details>
#
# <details><summary>Hint 3: nearly there</summary>
#
# Both must *fall* when the logit grows. At logit 0: 0.693 and $-0.693$. If yours are equal there, a sign
# is missing in (5).
#
# </details>

# %% [markdown]
# ## GAN: targets and train_discriminator
#
# <details><summary>Hint 1: a nudge</summary>
#
# Four stages: fakes, judgement, gradients, one update. Only the second is on the tape.
#
# </details>
#
# <details><summary>Hint 2: from the text to code</summary>
#
# Noise as in `self.noise(...)`, one z for each real image; `self.generator(..., training=True)` before
# the `with`. Inside: the discriminator on real, the discriminator on fake (two calls), your loss with
# `*self.targets(...)`, `ops.mean`.
#
# Targets: `keras.random.uniform` wants a shape, a lowest and a highest value, and
# `seed=self.seed_generator`. Draw twice.
#
# </details>
#
# <details><summary>Hint 3: nearly there</summary>
#
# Keep the list of the discriminator's `trainable_variables` in a name: `tape.gradient(loss, ...)` takes
# it, and so does `self.discriminator_optimizer.apply(gradients, ...)`. Return the loss. `ops.shape(...)`
# also gives the batch size while Keras traces the step.
#
# </details>

# %% [markdown]
# ## GAN: train_generator
#
# <details><summary>Hint 1: a nudge</summary>
#
# The gradient has a long way: loss, discriminator, fakes, generator. Everything on that way must be on
# the tape; only its end moves.
#
# </details>
#
# <details><summary>Hint 2: from the text to code</summary>
#
# Fresh noise, fakes, logits and the mean of (4), all inside the `with`. No real images are needed.
#
# </details>
#
# <details><summary>Hint 3: nearly there</summary>
#
# Ask the tape for the generator's `trainable_variables` only, and give them to the generator's optimizer.
# If the discriminator moves, you took `self.trainable_variables`; if all gradients are None, the fakes
# were made outside the tape.
#
# </details>

# %% [markdown]
# ## GAN: train_step, sample, get_config, from_config
#
# <details><summary>Hint 1: a nudge</summary>
#
# Nothing new here: each method calls what you have.
#
# </details>
#
# <details><summary>Hint 2: from the text to code</summary>
#
# `train_step`: first the discriminator with the real images, then the generator with their number, then
# the trackers, whose dict you return. `sample`: `generate` of `noise`. The two config methods are those
# of Monday's VAE; this time two entries are networks and three are numbers.
#
# </details>
#
# <details><summary>Hint 3: nearly there</summary>
#
# `self.update_trackers` wants the discriminator's loss first. In `from_config` work on a copy,
# `dict(...)`, and turn only the two networks back.
#
# </details>

# %% [markdown]
# ## Modes
#
# <details><summary>Hint 1: a nudge</summary>
#
# For every sample two questions: which centre is nearest, and is it near enough? Then count per centre.
#
# </details>
#
# <details><summary>Hint 2: from the idea to code</summary>
#
# `np.argmin` and `np.min` over the axis of the centres answer both. `np.bincount(..., minlength=...)`
# counts how often each centre occurs among the good samples.
#
# </details>
#
# <details><summary>Hint 3: nearly there</summary>
#
# The share is a share of *all* samples: compare the counts with `share` times their number, good and bad.
# `high_quality` is the mean of an array of True and False.
#
# </details>

# %% [markdown]
# ## diagnose
#
# <details><summary>Hint 1: a nudge</summary>
#
# Go through the table from the top; the first line that holds is the answer, so `return` at once.
#
# </details>
#
# <details><summary>Hint 2: from the table to code</summary>
#
# The last halves are there: `d_last` and `g_last`. `np.mean`, `np.std`, and three conditions joined by
# `and` for the equilibrium.
#
# </details>
#
# <details><summary>Hint 3: nearly there</summary>
#
# Collapse comes first and looks at no loss at all. "Fewer than half": 4 of 8 are not fewer. The distance
# from log 4 is an `abs`.
#
# </details>

# %% [markdown]
# ## MinibatchStdDev, equation (6)
#
# <details><summary>Hint 1: a nudge</summary>
#
# One number for the whole batch. How does it get into every example?
#
# </details>
#
# <details><summary>Hint 2: from the equation to code</summary>
#
# `ops.var(x, axis=0)` is over the examples, and divides by their number. Add the small number, take the
# root, then average over everything that is left.
#
# </details>
#
# <details><summary>Hint 3: nearly there</summary>
#
# Multiply the number with ones of the shape of `x[..., :1]`: one feature, or one channel, wide. Then
# `ops.concatenate` along the last axis, `x` first.
#
# </details>

# %% [markdown]
# ## Packed
#
# <details><summary>Hint 1: a nudge</summary>
#
# Packs are made of neighbours: examples 0 and 1, then 2 and 3. Which slices give all first ones, and all
# second ones?
#
# </details>
#
# <details><summary>Hint 2: from the idea to code</summary>
#
# `x[0::2]` is examples 0, 2, 4; `x[1::2]` is 1, 3, 5. Side by side along the last axis they are the
# packs.
#
# </details>
#
# <details><summary>Hint 3: nearly there</summary>
#
# A list comprehension over the `num` positions makes the slices for any size of pack. The discriminator
# inside gets the result, and `training`. A `reshape` alone works for points but scrambles images.
#
# </details>

# %% [markdown]
# ## Minibatch discrimination, equation (7)
#
# <details><summary>Hint 1: a nudge</summary>
#
# Three examples on paper: a 3 x 3 table of distances, with zeros on the diagonal. What does the diagonal
# add to the sum?
#
# </details>
#
# <details><summary>Hint 2: from the equation to code</summary>
#
# `m[:, None]` has shape (batch, 1, B, C) and `m[None, :]` (1, batch, B, C): their difference is all
# pairs. Absolute values summed over the last axis are the L1 distances, `exp` of their negatives the
# closeness.
#
# </details>
#
# <details><summary>Hint 3: nearly there</summary>
#
# Sum the closeness over one of the two batch axes. Each example is close to itself, exactly 1, in every
# kernel: take that off. Then append the features to `x`.
#
# </details>

# %% [markdown]
# # Conditional models
#
# Before the hints: nearly every hole of this exercise has a twin that you have written before. Open `vae.py`
# or `gan.py` beside it, and look for the one place where the label comes in.

# %% [markdown]
# ## Conditions, equation (1)
#
# <details><summary>Hint 1: a nudge</summary>
#
# `Condition` has done the bookkeeping: `self.num_classes`, `self.condition_dim`, and labels that are
# int32 tensors. What is left is one line each.
#
# </details>
#
# <details><summary>Hint 2: from the equation to code</summary>
#
# One-hot: `keras.ops` has a function of that name; it wants to know how many classes there are. The
# table: `self.add_weight` takes a `shape`, an `initializer` and a `name`. Picking rows by number is what
# `ops.take` does, if you tell it the axis.
#
# </details>
#
# <details><summary>Hint 3: nearly there</summary>
#
# If all rows of the table start equal, the model cannot tell the classes apart: the initializer must be a
# random one, such as `"random_normal"`. In `get_config`, compare with `Encoder.get_config` in `vae.py`:
# the parent's dict, plus the one argument that the parent does not know.
#
# </details>

# %% [markdown]
# ## Planes, equation (2)
#
# <details><summary>Hint 1: a nudge</summary>
#
# Both functions end in the same operation: put two arrays side by side along the last axis. For images,
# the second array has to be made first.
#
# </details>
#
# <details><summary>Hint 2: from the equation to code</summary>
#
# $c$ is (batch, entries). It should become (batch, 1, 1, entries), by indexing with `None` or by
# `ops.reshape`, and then be repeated along the two axes in the middle: `ops.tile` takes one number of
# repetitions per axis.
#
# </details>
#
# <details><summary>Hint 3: nearly there</summary>
#
# If the shape is right and the check says that a plane holds two values, you repeated before you made
# room: the entries have moved out of their plane. Look at one plane, `[0, :, :, 1]`, in the debugger. Do
# not repeat along the batch or along the entries: their number of repetitions is 1.
#
# </details>

# %% [markdown]
# ## CVAE: forward and loss
#
# <details><summary>Hint 1: a nudge</summary>
#
# Open `VAE` in `vae.py`. Each method has the same steps here; whoever meets `x` or `z` on its way into a
# network appends $c$ to it.
#
# </details>
#
# <details><summary>Hint 2: from the equation to code</summary>
#
# `self.condition(labels)` is $c$. `append_to_data` is for what goes into the encoder (it may be an image
# or a point), `append_condition` for $z$. `elbo_terms` and `call` take *one* argument, the pair, and take
# it apart in their first line, which is given.
#
# </details>
#
# <details><summary>Hint 3: nearly there</summary>
#
# Give the label to `encode` *and* to `decode`: a decoder without it cannot be steered, an encoder without
# it will store the class in $z$. The likelihood compares the parameters with the bare `x`, not with the
# one that has planes. `inputs_of` is one line: the imported function does the work and the complaining.
#
# </details>

# %% [markdown]
# ## CVAE: generate, sample, reconstruct
#
# <details><summary>Hint 1: a nudge</summary>
#
# `generate` is decode plus one call. The other two only differ in the $z$ that they hand to `generate`.
#
# </details>
#
# <details><summary>Hint 2: from the equation to code</summary>
#
# `generate` shows the mean, as in Monday's `sample`: `self.likelihood` makes it from the parameters. For
# `sample`, the missing labels are filled in for you.
#
# </details>
#
# <details><summary>Hint 3: nearly there</summary>
#
# `reconstruct` must be without chance: encode gives two things, and you want the first. Use the same
# labels on the way back.
#
# </details>

# %% [markdown]
# ## CVAE and LabelledGAN: get_config and from_config
#
# <details><summary>Hint 1: a nudge</summary>
#
# The parents already take care of their own parts. You have one part more.
#
# </details>
#
# <details><summary>Hint 2: from the equation to code</summary>
#
# `super().get_config()` gives a dict with all but the condition; add it, as plain data, with
# `keras.saving.serialize_keras_object`. In `from_config`, turn that one entry back into an object, and
# let `super().from_config` do what it always does.
#
# </details>
#
# <details><summary>Hint 3: nearly there</summary>
#
# Copy the dict first. `super().from_config(config)` works in a class method and makes an object of *your*
# class, because it gets `cls` handed on. If the message says that an argument is a dict where an object
# is expected, the entry went to the parent without being turned back.
#
# </details>

# %% [markdown]
# ## LabelledGAN
#
# <details><summary>Hint 1: a nudge</summary>
#
# `fakes`, `generate` and `sample` are one thought: noise, $c$ behind it, generator. They differ in where
# $z$ comes from and in `training`.
#
# </details>
#
# <details><summary>Hint 2: from the equation to code</summary>
#
# How many $z$ does `fakes` need? As many as there are labels: `ops.shape(labels)[0]`, which also works
# inside `fit`, where the number is not known yet. `train_step` calls two methods that this class does not
# have in this form, and that is all right: its children have.
#
# </details>
#
# <details><summary>Hint 3: nearly there</summary>
#
# The order in `train_step` is Tuesday's: discriminator, then generator. Hand both losses to
# `update_trackers`, in that order, and return what it returns.
#
# </details>

# %% [markdown]
# ## Conditional GAN: both steps
#
# <details><summary>Hint 1: a nudge</summary>
#
# Put `GAN.train_discriminator` of `gan.py` beside it. What goes into the generator has moved into
# `self.fakes(labels)`; what goes into the discriminator has $c$ appended. The rest stays.
#
# </details>
#
# <details><summary>Hint 2: from the equation to code</summary>
#
# Fakes claim to be of the class that was asked for, so they get the same $c$ as the real images. Make
# them outside the tape in the discriminator's step, and under it in the generator's: there the gradient
# has to come through them.
#
# </details>
#
# <details><summary>Hint 3: nearly there</summary>
#
# If the message speaks of a wrong number of inputs, one side lacks its $c$; if the label reader's loss
# for class 1 is not 1.386, the two sides got different ones. If a learned table does not move, you
# stepped on the generator's variables alone: `self.generator_side` has both. Ask for the variables
# *after* the tape: an unbuilt network has none before it is called.
#
# </details>

# %% [markdown]
# ## Auxiliary discriminator and class loss, equation (5)
#
# <details><summary>Hint 1: a nudge</summary>
#
# Monday's encoder had one body and two heads. This is Tuesday's discriminator with a second head.
#
# </details>
#
# <details><summary>Hint 2: from the equation to code</summary>
#
# The loss exists in `keras.losses`, in a *sparse* form for labels that are numbers and not one-hot. It
# must be told that it gets logits. The heads are Dense layers without activation on the same flattened
# features.
#
# </details>
#
# <details><summary>Hint 3: nearly there</summary>
#
# Call the body once and keep the result. Two different bodies would mean that what is learned about the
# class does not help to tell real from fake. If your loss for equal logits is 2.303 but a wrong certain
# answer costs 16 instead of 50, the logits were taken for probabilities.
#
# </details>

# %% [markdown]
# ## AC-GAN: both steps, equations (6) and (7)
#
# <details><summary>Hint 1: a nudge</summary>
#
# Start from your `ConditionalGAN`. Remove every label that goes *into* the discriminator, and use it on
# what comes *out*.
#
# </details>
#
# <details><summary>Hint 2: from the equation to code</summary>
#
# The discriminator now returns two things: give each a name, for the real images and for the fakes. The
# targets with label noise are those of the first head; the class loss gets the labels as they are.
#
# </details>
#
# <details><summary>Hint 3: nearly there</summary>
#
# Count the cross-entropies: the discriminator's loss has the two of Tuesday inside `discriminator_loss`
# and two class losses, the generator's has one and one. With all weights 0, three classes and $\lambda =
# 10$ the sums must be 23.36 and 11.68. The class losses are *added* on both sides: about the class nobody
# lies.
#
# </details>

# %% [markdown]
# # The combination

# %% [markdown]
# ## sharpness, equation (1)
#
# <details><summary>Hint 1: a nudge</summary>
#
# Where has every pixel all four neighbours? Only inside. Begin with the shape of the answer: (height - 2) times
# (width - 2) numbers for each image, of which you take the variance.
#
# </details>
#
# <details><summary>Hint 2: from the equation to code</summary>
#
# A neighbour of *all* inner pixels at once is a view of `x` that is moved by one: the upper ones are rows up to
# the last but two, the lower ones begin at row 2. Columns go the same way. Five views of equal shape, no loop.
#
# </details>
#
# <details><summary>Hint 3: nearly there</summary>
#
# The variance is over two axes, one number for each image. A dot in the middle of five times five gives nine
# inner pixels: 4, four times $-1$, four times 0. If yours is 0.9 instead of 2.22, the border was kept.
#
# </details>

# %% [markdown]
# ## FeatureDiscriminator, equation (2)
#
# <details><summary>Hint 1: a nudge</summary>
#
# One body, two answers. Which line of `call` is both the end of the body and the beginning of the head?
#
# </details>
#
# <details><summary>Hint 2: from the equation to code</summary>
#
# Two convolutions with `strides=2`, the second with twice the filters, LeakyReLU after each, the normalisation
# between the second and its LeakyReLU, then `Flatten`. The head sees what `Flatten` gives, and nothing else sees
# the head.
#
# </details>
#
# <details><summary>Hint 3: nearly there</summary>
#
# Run the body *once* and keep its result in a variable that you use twice. If the visible check says that the
# features depend on the head, you returned logits twice; if the logits do not depend on every weight, the head
# got something else.
#
# </details>

# %% [markdown]
# ## ConditionalNetworks, equation (3)
#
# <details><summary>Hint 1: a nudge</summary>
#
# Each network is told the label where there is room for it: beside the pixels for two of them, beside $z$ for the
# third.
#
# </details>
#
# <details><summary>Hint 2: from the equation to code</summary>
#
# `append_to_data` is for images (or points), `append_condition` for codes. `training` goes on to the decoder and
# to the discriminator, and to nobody else. `reconstruct` is `relabel` with the labels that the images have.
#
# </details>
#
# <details><summary>Hint 3: nearly there</summary>
#
# `relabel` needs two labels at two places: the image's own where it is encoded, the new one where it is decoded.
# Take `z_mean` and no noise; `generate` (given) decodes in use. For `sample`, `self.noise` knows how wide $z$ is.
#
# </details>

# %% [markdown]
# ## The losses, equations (4) to (7)
#
# <details><summary>Hint 1: a nudge</summary>
#
# Ask of each loss: what is its shape? Four give one number for each example; one is a number for the batch.
#
# </details>
#
# <details><summary>Hint 2: from the equation to code</summary>
#
# A softplus of a logit is the cost of its being taken for real, a softplus of minus the logit the cost of its
# being taken for a fake. Sums over features or over $z$ stand in the equations; means over them do not.
#
# </details>
#
# <details><summary>Hint 3: nearly there</summary>
#
# Logits come with a last axis of length 1. Let it vanish by summing over it, and no (batch, batch) can arise.
# With all logits 0, (5) is 2.079 and (6) is 1.386. In (7) first take the mean over the batch, then square: the
# other way round, it is (4).
#
# </details>

# %% [markdown]
# ## CVAEGAN: three steps, equation (8)
#
# <details><summary>Hint 1: a nudge</summary>
#
# For each step write down, before any code: which images, whose features or logits, which term of (8), whose
# variables.
#
# </details>
#
# <details><summary>Hint 2: from the equation to code</summary>
#
# Everything that the step's own network has made must be made on the tape; the rest may come before it. The
# discriminator is in training mode in its own step only, the decoder in all three. `side_of` names the variables.
#
# </details>
#
# <details><summary>Hint 3: nearly there</summary>
#
# If nothing moves in the encoder's or the decoder's step, the reconstruction was made before the tape. If the
# discriminator's moving means change in another step, `training` was passed there. $\gamma$ multiplies one term
# of one step. With `mean_features`, (7) takes the place of (6), and the feature loss stays.
#
# </details>

# %% [markdown]
# ## CVAEGAN: get_config and from_config
#
# <details><summary>Hint 1: a nudge</summary>
#
# What would somebody need to make the same model again, and which of it is no plain data?
#
# </details>
#
# <details><summary>Hint 2: from the equation to code</summary>
#
# Four parts are objects: `serialize_keras_object` describes each, `deserialize_keras_object` makes it again. Two
# options are plain and travel as they are.
#
# </details>
#
# <details><summary>Hint 3: nearly there</summary>
#
# Read parts from a *copy* of the dict, so that the caller's stays as it was. If a reloaded model has another
# $\gamma$, it is missing in the config and the default came back.
#
# </details>

# %% [markdown]
# # Tuning

# %% [markdown]
# ## validation_score and tune_bandwidth, equation (1)
#
# <details><summary>Hint 1: a nudge</summary>
#
# Say aloud whose points stand where: the *training* points carry the little Gaussians, the *validation* points ask.
#
# </details>
#
# <details><summary>Hint 2: from the equation to code</summary>
#
# `log_density(x, train, bandwidth)` is given; its mean over `x` is a score. A list comprehension over the candidates
# and `np.argmax` make the choice.
#
# </details>
#
# <details><summary>Hint 3: nearly there</summary>
#
# `data["test"]` appears once in both functions together, in the last line of the second, after the choice. If your
# choice is always the smallest candidate, you asked the training points.
#
# </details>

# %% [markdown]
# ## optimism, equation (2)
#
# <details><summary>Hint 1: a nudge</summary>
#
# One repetition first: who wins, and what do both tables say about *that* candidate?
#
# </details>
#
# <details><summary>Hint 2: from the equation to code</summary>
#
# `np.argmax` along the candidates gives each repetition's winner. Pick its entries with two index arrays.
#
# </details>
#
# <details><summary>Hint 3: nearly there</summary>
#
# The same index pair goes into `scores` and into `fresh`. Taking the best of `fresh` compares two different candidates.
#
# </details>

# %% [markdown]
# ## log_sweep and random_rates, equation (3)
#
# <details><summary>Hint 1: a nudge</summary>
#
# Do everything in logarithms, and come back at the end.
#
# </details>
#
# <details><summary>Hint 2: from the equation to code</summary>
#
# NumPy has a `linspace` for ratios. For chance: `rng.uniform` between two logarithms.
#
# </details>
#
# <details><summary>Hint 3: nearly there</summary>
#
# `np.log` goes with `np.exp`, `np.log10` with `10.0 **`. If the median of your draws lies near `high / 2`, you drew
# rates.
#
# </details>

# %% [markdown]
# ## Expected improvement, equation (5)
#
# <details><summary>Hint 1: a nudge</summary>
#
# Small is good. Improving means ending *below* the best.
#
# </details>
#
# <details><summary>Hint 2: from the equation to code</summary>
#
# Compute $u$, then two products: gain with `norm.cdf`, std with `norm.pdf`. `gain` is given.
#
# </details>
#
# <details><summary>Hint 3: nearly there</summary>
#
# Where std is 0, divide by 1 instead (`np.where`), and replace the result there by the gain, at least 0 (`np.maximum`).
#
# </details>

# %% [markdown]
# ## RandomSearch, BayesianSearch and minimise
#
# <details><summary>Hint 1: a nudge</summary>
#
# `propose` never trains, and `minimise` never fits a surrogate. Who knows what?
#
# </details>
#
# <details><summary>Hint 2: from the equation to code</summary>
#
# The Bayesian search is its parent until `len(self.rates)` reaches `num_initial`: `super().propose()`. After that four
# lines: history, fit, predict at the candidates, argmax of the expected improvement.
#
# </details>
#
# <details><summary>Hint 3: nearly there</summary>
#
# `candidates()` are logarithms to base 10, a rate is `10.0 **` one of them. The best loss is that of `self.history()`.
# In `minimise`, keep the proposed rate in a variable, and let `np.isfinite` say which losses may win.
#
# </details>

# %% [markdown]
# ## suggest
#
# <details><summary>Hint 1: a nudge</summary>
#
# One call for each row of the table, and the names are those of the table.
#
# </details>
#
# <details><summary>Hint 2: from the equation to code</summary>
#
# `suggest_float`, `suggest_int`, `suggest_categorical`; the first two take `log=True`.
#
# </details>
#
# <details><summary>Hint 3: nearly there</summary>
#
# The last one takes its name and a list. Return a dict whose keys are the three names.
#
# </details>

# %% [markdown]
# ## report_epochs
#
# <details><summary>Hint 1: a nudge</summary>
#
# What costs time here is asking for the next number.
#
# </details>
#
# <details><summary>Hint 2: from the equation to code</summary>
#
# A loop over `enumerate(losses, start=1)`; in it `trial.report`, then `trial.should_prune`.
#
# </details>
#
# <details><summary>Hint 3: nearly there</summary>
#
# Giving up is an exception, `optuna.TrialPruned`, raised inside the loop. Never turn `losses` into a list.
#
# </details>

# %% [markdown]
# ## open_study and finish
#
# <details><summary>Hint 1: a nudge</summary>
#
# Run it twice, and count the trials.
#
# </details>
#
# <details><summary>Hint 2: from the equation to code</summary>
#
# `optuna.create_study` takes everything that the text names. `study.get_trials(states=(...))` gives the trials that
# ended; what is missing is a difference.
#
# </details>
#
# <details><summary>Hint 3: nearly there</summary>
#
# Two states count, `COMPLETE` and `PRUNED`. If nothing is missing, do not call `optimize` at all.
#
# </details>

# %% [markdown]
# ## balance_score, equation (6)
#
# <details><summary>Hint 1: a nudge</summary>
#
# First a number for each epoch, then one for all.
#
# </details>
#
# <details><summary>Hint 2: from the equation to code</summary>
#
# The product is elementwise; the last k entries are a slice with a minus.
#
# </details>
#
# <details><summary>Hint 3: nearly there</summary>
#
# Two medians multiplied are not the median of the products: slice the product.
#
# </details>

# %% [markdown]
# ## reading and experiment
#
# <details><summary>Hint 1: a nudge</summary>
#
# Begin with what you can calculate: do reconstruction and KL add up to the loss?
#
# </details>
#
# <details><summary>Hint 2: from the picture to the sheet</summary>
#
# Go through the list of faults and ask each what it would look like. A gap between training and validation, a term
# that is 0, a curve that still falls, one that jumps, a third curve that leaves the two others, modes that stay away.
#
# </details>
#
# <details><summary>Hint 3: nearly there</summary>
#
# For the epochs, look where the fault *begins*: a gap of a tenth, a KL below 1 nat, a generator's loss above 3. For
# the experiment, write two columns, one for each of your faults, and answer every question in both.
#
# </details>

# %% [markdown]
# ## quantile_grid, equation (7)
#
# <details><summary>Hint 1: a nudge</summary>
#
# Try n = 1 and n = 2 on paper.
#
# </details>
#
# <details><summary>Hint 2: from the equation to code</summary>
#
# `np.arange(num)` is i. `np.repeat` and `np.tile` make the two columns of a grid.
#
# </details>
#
# <details><summary>Hint 3: nearly there</summary>
#
# The column that stays along a row is the repeated one. Networks want float32.
#
# </details>

# %% [markdown]
# ## information and walk, equation (8)
#
# <details><summary>Hint 1: a nudge</summary>
#
# Equation (8) is Monday's KL before it was summed over the entries.
#
# </details>
#
# <details><summary>Hint 2: from the equation to code</summary>
#
# Average over axis 0. `np.argsort` goes upwards; a minus turns it. For the walk, repeat the code, then set a column.
#
# </details>
#
# <details><summary>Hint 3: nearly there</summary>
#
# Return the order and the numbers as they are, unsorted. The codes of a walk have shape (steps, latent_dim).
#
# </details>

# %% [markdown]
# ## slerp, equation (9)
#
# <details><summary>Hint 1: a nudge</summary>
#
# Draw two arrows of different length, and the angle between them.
#
# </details>
#
# <details><summary>Hint 2: from the equation to code</summary>
#
# The cosine of the angle is the product of both codes divided by both lengths. `t` has the shape (num_steps, 1).
#
# </details>
#
# <details><summary>Hint 3: nearly there</summary>
#
# Clip the cosine to [-1, 1] before `np.arccos`: rounding can leave it at 1.0000001. The codes in (9) keep their length.
#
# </details>
