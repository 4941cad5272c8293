# %% [markdown]
# # The symbolic debugger
#
# By the end of this notebook you can stop a training at the one batch out of hundreds that matters, walk
# up and down the calls that led there, and look at any variable on the way. Then you do it: you get a
# program with a mistake that nobody else in the course has.
#
# **How to work.** First sections 1 to 5, with two small holes to practise on. Then your own program, in
# three parts: *find* the mistake (section 6), hand in the debugger *session* that finds it (section 7), and
# *fix* it (section 8). The session is judged by replaying it: the judge gives your commands to the real
# debugger, on your data and on data that you have not seen, and records where it stops, in which frames you
# look, and at what. How you found the mistake counts, not only that you found it.
#
# Stuck? `HINTS_SWE.ipynb` has three hints for each hole.

# %% [markdown]
# ## 1. What it is, and four ways in
#
# A debugger runs your program and can stop it at any line. While it is stopped, everything is still there:
# every variable of the function that runs, of the function that called it, and so on up to the first line of
# the program. It is *symbolic* because it shows your names and your lines, not addresses and machine code.
# What `print` does after you have guessed where to put it, a debugger does without guessing, without changing
# the program, and without running it again for each new question.
#
# | where | how to start | worth knowing |
# |---|---|---|
# | terminal | `python -m pdb program.py` | stops at the first line; you type the commands below |
# | any Python code | a line `breakpoint()` | in a notebook a prompt opens under the cell |
# | notebook, after an error | `%debug` in the next cell | *post-mortem*: the stack as it was at the error |
# | JupyterLab | the bug icon, top right; click left of a line | panes show variables and stack; no conditions |
# | VS Code | click left of a line of `program.py`, then F5 | right-click the red dot for a condition |
#
# (For VS Code you get a `.vscode/launch.json` below, which tells F5 what to run.)
#
# All of them are faces of the same machine, and its words are the same everywhere. These are `pdb`'s:
#
# | command | what it does |
# |---|---|
# | `b 63` or `b elbo_terms` | break: stop *before* line 63, or on entering a function |
# | `b 63, x.max() > 9` | the same, if the condition is true there |
# | `tbreak 63` | the same, once only |
# | `condition 1 x.max() > 9`, `ignore 1 39` | give breakpoint 1 a condition; let it pass 39 times |
# | `c`, `n`, `s`, `r` | continue; next line; step into a call; run until this function returns |
# | `w`, `u`, `d` (`up 3`, `down`) | where: the call stack; go to the caller's frame; go back |
# | `p x.shape`, `pp d`, `whatis x`, `a`, `ll` | print; print prettily; its type; the arguments; the source |
# | `q` | quit |
#
# In a notebook one more is handy when you have no debugger open: `%whos` lists all variables of the notebook
# with type and size. And **`x.shape` is your friend**: half of all mistakes can be seen from a shape.

# %% role="given" grade_id="imports"
from vaegan import ToImplement  # every hole raises it until filled; imported first, it keeps TensorFlow quiet

import re

import numpy as np

from vaegan.debugger import program, replay, student_id

# %% tags=["active-ipynb"] role="given" grade_id="tools"
# # Only for the checks and pictures of this notebook.
# import sys
# from pathlib import Path
#
# import keras
# import tensorflow as tf
#
# from vaegan.debugger import (
#     count_stops,
#     hand_out,
#     practice_program,
#     run_program,
#     run_repaired,
#     session_script,
#     tell,
#     use_student,
# )
# from vaegan.debugger.pictures import draw_stack

# %% [markdown]
# ## 2. Where a breakpoint fires, and where it cannot
#
# A breakpoint is a promise of Python's: "when you run this line, stop". So it fires only where *Python* runs
# the line. And `fit` does not run your `train_step` in Python, not as a rule: it calls it once or twice with
# stand-ins for tensors, writes down every operation as a *graph*, and from then on runs the graph. This
# writing down is called **tracing**. A breakpoint in `train_step` fires while tracing, shows you a
# `SymbolicTensor` without numbers, and never again.
#
# Let us count, on your own VAE if it can be found and works, else on a small stand-in. `count_stops` does
# what a debugger does: it asks Python to be told each time the function's first line is reached.


# %% tags=["active-ipynb"] role="given" grade_id="your_vae"
# class LittleModel(keras.Model):
#     """A stand-in for your VAE: one layer that rebuilds its input, with a train_step of its own."""
#
#     def __init__(self):
#         super().__init__()
#         self.rebuild = keras.layers.Dense(784)
#
#     def call(self, x):
#         return self.rebuild(keras.layers.Flatten()(x))
#
#     def train_step(self, data):
#         x, _, _ = keras.utils.unpack_x_y_sample_weight(data)
#         with tf.GradientTape() as tape:
#             loss = keras.ops.mean(keras.ops.square(self(x) - keras.ops.reshape(x, (-1, 784))))
#         variables = self.trainable_variables
#         self.optimizer.apply_gradients(zip(tape.gradient(loss, variables), variables, strict=True))
#         return {"loss": loss}
#
#
# def make_model():
#     """Your VAE of exercise 3, if `vae.py` is there and its holes are filled."""
#     sys.path[:0] = [str(folder) for folder in (Path("../ex03_vae"), Path(".")) if (folder / "vae.py").exists()]
#     try:
#         import vae
#
#         model = vae.VAE(vae.Encoder(2, 16), vae.Decoder(hidden_units=16))
#         model(np.zeros((1, 28, 28, 1), "float32"))
#         return model
#     except Exception:  # whatever is left to do in exercise 3, this one goes on
#         return LittleModel()
#
#
# model = make_model()
# images = np.random.default_rng(0).random((64, 28, 28, 1)).astype("float32")  # 8 batches of 8
# print(f"counting with {type(model).__name__}")

# %% tags=["active-ipynb"] grade_id="count_in_fit"
# model.compile(optimizer="adam", jit_compile=False)
# as_usual = count_stops(type(model).train_step, lambda: model.fit(images, batch_size=8, verbose=0))
# model.compile(optimizer="adam", run_eagerly=True)
# eagerly = count_stops(type(model).train_step, lambda: model.fit(images, batch_size=8, verbose=0))
# print(f"8 batches: a breakpoint in train_step fires {as_usual} times as usual, {eagerly} times run eagerly")

# %% [markdown]
# So: **before you debug a model, `model.compile(..., run_eagerly=True)`**. It is slower, and every line is
# Python again, with numbers in the tensors. (It switches XLA off as well. Switch it back when you are done.)
#
# A function that you decorate with `@tf.function` yourself is worse: its code is rewritten by AutoGraph before
# it is traced, and what runs is the rewritten copy. Your own lines are not run even while tracing.

# %% tags=["active-ipynb"] grade_id="count_in_tf_function"
# def double(x):
#     return 2.0 * x
#
#
# doubled = tf.function(double)  # what @tf.function above `def double` does
#
#
# def eight_batches():
#     for start in range(0, 64, 8):
#         doubled(images[start : start + 8])
#
#
# inside = count_stops(double, eight_batches)
# tf.config.run_functions_eagerly(True)
# inside_eagerly = count_stops(double, eight_batches)
# tf.config.run_functions_eagerly(False)
# print(f"8 calls: a breakpoint in a @tf.function fires {inside} times, {inside_eagerly} times run eagerly")

# %% [markdown]
# A **callback** is no part of the graph: `fit` calls it from Python. That makes `on_train_batch_end` a good
# place for a breakpoint when you do not want to run eagerly: you see the logs of every batch, and
# `self.model`.
#
# **Write** what you have learned: for each of five places, whether a breakpoint there fires `"at every
# batch"`, `"only while tracing"` or `"never"`.


# %% role="solution" grade_id="where" minutes=15
def where_it_fires():
    """Where a breakpoint fires when a model is trained with `fit`, or a function called for every batch.

    Returns:
        dict with five keys, each with the value "at every batch", "only while tracing" or "never":
        "fit": in train_step, the model compiled as usual;
        "eager fit": in train_step, compiled with run_eagerly=True;
        "tf.function": in a function decorated with @tf.function that the training calls;
        "eager tf.function": in the same, after tf.config.run_functions_eagerly(True);
        "callback": in on_train_batch_end of a callback.
    """
    ### BEGIN SOLUTION: where_it_fires: return the dict described above, one of the three answers for each of the
    ### five places.
    return {
        "fit": "only while tracing",
        "eager fit": "at every batch",
        "tf.function": "never",
        "eager tf.function": "at every batch",
        "callback": "at every batch",
    }
    ### END SOLUTION


# %% tags=["active-ipynb"] role="test" grade_id="where_check" points=3
# places = where_it_fires()
# assert len(places) == 5, f"five places are asked for, received {len(places)}."
# for place, when in places.items():
#     assert f'"{place}":' in where_it_fires.__doc__, f"{place!r} is none of the five keys: copy them from above."
#     assert when in ("at every batch", "only while tracing", "never"), f"for {place!r}, received {when!r}."
# print("Complete. Compare with what you counted: 8 means at every batch, 0 never.")

# %% [markdown]
# ## 3. Conditional, temporary and counted breakpoints
#
# A training takes hundreds of batches, and one of them is bad. Pressing `c` hundreds of times is out of the
# question, and so is stepping. You let the debugger wait for you.
#
# - **Conditional**: `b 63, std.max() > 50`. The condition is an expression, asked each time the line is
#   reached, with the variables that live there. It should speak of the *data*: what would be wrong with the
#   numbers? Useful ones: `np.isnan(z).any()`, `not np.isfinite(loss)`, `abs(z).max() > 100`, `x.shape[0] != 8`.
# - **Temporary**: `tbreak 63` stops once and is gone.
# - **Counted**: `ignore 1 39` lets breakpoint 1 pass 39 times. Good when you know *when*, bad when the data
#   change.
#
# Three traps. pdb stops *before* the line: a variable that the line makes does not exist yet, so put the
# breakpoint one line further down. A condition that *raises* an error (a misspelt name, an array where
# one yes or no is wanted) stops **anyway**, without a word. And a comparison of arrays is an array: say
# `.any()`, `.all()`, `.max()`.
#
# In this notebook a session is a text, one command per line, and `replay` runs it with the real pdb and
# writes down what happens. (Typing it live is just as good, and more fun: in a terminal,
# `python -m pdb program.py`.) Here on a small program without a mistake:

# %% tags=["active-ipynb"] grade_id="practice"
# practice = practice_program()
# print("\n".join(f"{number:3d}  {line}" for number, line in enumerate(practice.splitlines(), start=1)))

# %% tags=["active-ipynb"] grade_id="conditional"
# print(tell(replay(practice, """
# b 13, kl.max() > 12
# tbreak evaluate_batch
# c
# p z_mean.shape
# c
# p kl.max(), kl.argmax()
# q
# """)))

# %% [markdown]
# Read it from the top. The temporary breakpoint stops first, on entering `evaluate_batch`, where `z_mean`
# does not exist yet: so says the line with the ✗. Then the conditional one, on the first batch with a KL
# above 12. The last lines say how often each was reached and how often it stopped.
#
# Now spoil it. The condition below asks for `kl` on line 10, three lines too early:

# %% tags=["active-ipynb"] grade_id="condition_raises"
# print(tell(replay(practice, """
# b 10, kl.max() > 12
# c
# q
# """)))

# %% [markdown]
# ## 4. The call stack
#
# When `kl_to_standard_normal` runs, it was called by `evaluate_batch`, which was called by `evaluate`, which
# was called by the first line of the program. Each of these calls has a **frame**: its own variables, and the
# line it has reached. The pile of frames is the **call stack**. You stop in the newest one. `up` goes to the
# caller's frame, and there you can look at the caller's variables: which batch is this? The program does not
# move; only your eyes do. `down` goes back.

# %% tags=["active-ipynb"] grade_id="stack_picture" folded=false
# walk = replay(practice, """
# b 13, kl.max() > 12
# c
# p kl.max()
# up
# p z_log_var.max()
# up
# p batch, total
# down
# q
# """)
# draw_stack(walk)

# %% [markdown]
# **Write** a session for the practice program that stops in `kl_to_standard_normal` at its 40th call and
# nowhere else, goes up to the frame of `evaluate`, prints `batch` there, and quits.


# %% role="solution" grade_id="warmup" minutes=15
def warmup():
    """A session for the practice program: to the 40th call of kl_to_standard_normal, and up to `evaluate`.

    Returns:
        str, one pdb command per line.
    """
    ### BEGIN SOLUTION: warmup: return the commands as one text in triple quotes, one command per line: a
    ### breakpoint, a count for it, and so on to `q`.
    return """
    b kl_to_standard_normal
    ignore 1 39
    c
    up 2
    p batch
    q
    """
    ### END SOLUTION


# %% tags=["active-ipynb"] role="test" grade_id="warmup_check" points=3
# record = replay(practice, warmup())
# print(tell(record))
# stops = [event for event in record["events"] if event["kind"] == "stop" and event["breakpoint"]]
# assert len(stops) == 1, f"one stop at a breakpoint is wanted, received {len(stops)}."
# newest = stops[0]["stack"][-1]["function"]
# assert newest == "kl_to_standard_normal", f"the stop is in {newest}, not in kl_to_standard_normal."
# looks = {event["command"]: event["value"] for event in record["events"] if event["kind"] == "look"}
# assert "39" in looks.values(), "print `batch` in the frame of evaluate: it is 39 at the 40th call."
# print("Warm-up: the session does what it should.")

# %% [markdown]
# ## 5. Post-mortem
#
# When a program raises an error, its stack is not lost. In a notebook, run `%debug` in a cell of its own right
# after the error; in IPython, `%pdb on` does so every time; `python -m pdb program.py` does it without being
# asked. You are then in the frame that raised, and `up` leads to whoever called it with those arguments.
# Below, a batch whose last slice is missing meets a sum that wants sixteen:

# %% tags=["active-ipynb"] grade_id="post_mortem"
# broken = practice.replace("size=(2, 16, 4)", "size=(2, 15, 4)").replace(
#     "kl = -0.5 * terms.sum(axis=1)", "kl = np.zeros(16) - 0.5 * terms.sum(axis=1)"
# )
# crash = replay(broken, """
# c
# p terms.shape
# up
# p z_mean.shape
# up
# p batch
# q
# """)
# draw_stack(crash)

# %% [markdown]
# The last line of a traceback tells *what* went wrong; the frames above it tell *why*. Here nothing is wrong
# with the line that raised: look at the shapes, one frame up.
#
# A number that has gone wrong is harder: a `nan` raises nothing. It travels, and what it touches becomes `nan`
# too, so when you see it at the end of the epoch, its birthplace is hundreds of batches ago. That is what
# your own program does.

# %% [markdown]
# ## 6. Part 1: find it
#
# The next cell writes `program.py`, your program: about a hundred lines, NumPy only, less than a second to
# run. It trains something, and what it reports is wrong: `nan`, `inf`, a worst batch out of all proportion, or
# an error. It holds one mistake, a line that computes something else than its function's docstring says, and
# on one batch this **shows**. Find that line.
#
# The data are pooled from many places, so they hold surprises: a slice in other units, an empty slice, a group
# that is missing in a batch. Unusual data are no mistake, the program has to cope with them. So look for the
# place where what *arrives* is unusual at most, and what is *made of it* is wrong.
#
# Use any of the four ways in. In VS Code open this folder, open `program.py`, and press F5. Do not edit the
# program while you search, or your line numbers are not the judge's any more; this cell puts it back.

# %% tags=["active-ipynb"] grade_id="hand_out"
# # If your name on this computer is not the one the course knows you by, say who you are:
# # use_student("train07")
# path = hand_out()
# print(f"{path} is the program of {student_id()!r}. It prints:\n")
# print(run_program(path.read_text()))

# %% [markdown]
# What to do with it, in any debugger:
#
# 1. Where does the wrong number show first on the way *out*? Put a conditional breakpoint where losses are
#    collected, and you know the batch.
# 2. Follow it down: a breakpoint in a function called from there, with a condition on *its* result. Is the
#    number already wrong when it arrives in that function, or does the function make it so?
# 3. When a function receives good numbers and returns a bad one, you have it.
#
# **Write** what you found. The program brings a helper along, `finite_mean(values)`, the mean of the entries
# that are neither infinite nor NaN: print it for the variable.


# %% role="solution" grade_id="answers" minutes=45
def answers():
    """What you found in your program.

    Returns:
        dict with these keys:
        "student": str, the id whose program it is, as the course knows you;
        "batch": int, the batch on which the mistake first shows, as the program counts (from 0);
        "function": str, the function that holds the mistake;
        "variable": str, the local variable of this function that is wrong first;
        "line": int, the number of the line that computes it, in the program as handed out (or the line's text);
        "value": float, finite_mean of this variable on that batch.
    """
    ### BEGIN SOLUTION: answers: return the dict described above, with what you found.
    # A student writes six values. This model answer finds them in every student's program: it knows the guilty
    # lines, and the conditions for those whose wrong numbers are finite.
    guilty = (
        "scaled = (pixels - low) / (high - low)",
        "z_log_var = np.log(variance)",
        "std = np.exp(z_log_var)",
        "std = np.sqrt(z_log_var)",
        "logs = np.log(z_log_var**2)",
        "log_not_p = np.log(1.0 - p)",
        "soft = np.log(1.0 + np.exp(half))",
        "bound = np.log(np.mean(np.exp(log_weights), axis=0))",
        "power = images * images",
        "weights = len(one_hot) / (len(counts) * counts)",
        "means[label] = losses[chosen].sum() / chosen.sum()",
        "exponentials = np.exp(logits)",
        "planes = np.tile(one_hot, (8 * 8, 1)).reshape(len(labels), 8, 8, 3)",
        "losses = -(target * np.log(probabilities) + (1.0 - target) * np.log(1.0 - probabilities))",
        "directions = points / lengths",
        "terms = share * np.log(share)",
    )
    special = {
        "std": "not (abs(std) < 50).all()",
        "power": "power.min() < 0",
        "planes": "planes.std(axis=(1, 2)).max() > 0",
    }
    text = program(student_id())
    line, variable = next(
        (number, code.split()[0].split("[")[0])
        for number, code in enumerate(map(str.strip, text.splitlines()), start=1)
        if code in guilty
    )
    condition = special.get(variable, f"not np.isfinite({variable}).all()")
    record = replay(text, f"b {line + 1}, {condition}\nc\np finite_mean({variable})\nq")
    stop, look = (record["events"][position] for position in (3, 4))
    counter = re.search(r"for (\w+), \(.*enumerate", text)[1]
    owner = next(frame for frame in stop["stack"] if counter in frame["locals"])
    return {
        "student": student_id(),
        "batch": int(owner["locals"][counter]),
        "function": look["function"],
        "variable": variable,
        "line": line,
        "value": float(look["value"]),
    }
    ### END SOLUTION


# %% tags=["active-ipynb"] role="test" grade_id="answers_check" points=9
# found = answers()
# missing = {"student", "batch", "function", "variable", "line", "value"} - set(found)
# assert not missing, f"answers() lacks {sorted(missing)}."
# mine = program(found["student"])
# lines = mine.splitlines()
# assert f"def {found['function']}(" in mine, f"your program has no function {found['function']!r}."
# text = lines[found["line"] - 1].strip() if isinstance(found["line"], int) else found["line"].strip()
# assert found["variable"] in text, (
#     f"line {found['line']} of the program as handed out is `{text}`: it does not mention {found['variable']!r}. "
#     "Was the program edited?"
# )
# assert isinstance(found["batch"], int) and 0 <= found["batch"] < 240, "batches are counted from 0."
# assert np.isfinite(found["value"]), "finite_mean gives a finite number."
# print(f"The sheet of {found['student']} is complete. Whether it is right, the judge will tell.")

# %% [markdown]
# ## 7. Part 2: the session
#
# Now hand in the way. **Write** a session for your program that
#
# - has a breakpoint with a condition on the data, which works (raises nothing) and is false until it matters;
# - stops in the guilty function on the first wrong batch, with at most three stops before;
# - prints the wrong variable there, in its own frame;
# - goes `up` to the function with the loop over batches and prints there which batch it is;
# - has at most 25 commands, at most 10 of them single steps, and ends with `q`.
#
# Each of these counts on its own. The judge replays the session on your program with *other data*: other
# batches are bad there, by other amounts. So a number of a batch or a count is of no use in a condition; what
# is wrong with the data is. The lines stay where they are, so line numbers are fine.
#
# **If you used VS Code or JupyterLab**, you need not translate by hand: list your breakpoints as the editor
# has them, and what you looked at, and let `session_script` write the commands. It reads lists of dicts, and
# JSON texts, such as a `launch.json` to which you added your breakpoints:

# %% tags=["active-ipynb"] grade_id="from_an_editor"
# print(session_script([{"line": 12, "condition": "terms.max() > 0.9"}, {"function": "evaluate", "hitCondition": "1"}],
#                      looks=["terms", "up", "p z_mean.shape"], stops=2))


# %% role="solution" grade_id="session" minutes=30
def session():
    """The session that leads to the mistake of your program, on whatever data.

    Returns:
        str, one pdb command per line.
    """
    ### BEGIN SOLUTION: session: return your commands as one text in triple quotes, or what session_script
    ### makes of your breakpoints.
    # A student writes eight commands. This model answer writes them for every student's program.
    sheet, text = answers(), program(student_id())
    variable, line = sheet["variable"], sheet["line"]
    special = {"std": "std.max() > 50 or np.isnan(std).any()", "power": "power.min() < 0"}
    special["planes"] = "planes.std(axis=(1, 2)).any()"
    start = f"b {line + 1}, {special.get(variable, f'not np.isfinite({variable}).all()')}\nc\n"
    counter = re.search(r"for (\w+), \(.*enumerate", text)[1]
    stack = replay(text, start)["events"][-1]["stack"]
    up = next(number for number, frame in enumerate(reversed(stack)) if counter in frame["locals"])
    return f"{start}w\np finite_mean({variable})\nup {up}\np {counter}\nq\n"
    ### END SOLUTION


# %% tags=["active-ipynb"] role="test" grade_id="session_check" points=9
# mine = program(answers()["student"])
# record = replay(mine, session())
# print(tell(record))
# events = record["events"]
# conditions = [point for point in record["breakpoints"] if point["condition"]]
# assert conditions, "no breakpoint has a condition: write it behind a comma, `b 63, x.max() > 9`."
# for point in conditions:
#     assert not point["errors"], f"the condition {point['condition']!r} raised {point['error']}."
# stops = [event for event in events if event["kind"] == "stop" and event["breakpoint"]]
# assert stops, "the session never stops at a breakpoint. Is the condition ever true?"
# assert answers()["function"] in [stop["stack"][-1]["function"] for stop in stops], (
#     f"no stop is in {answers()['function']}, where your answers say that the number goes wrong."
# )
# assert len(stops) <= 4, f"there are {len(stops)} stops: let the condition do the waiting."
# assert any(event["kind"] == "move" for event in events), "the session never goes up to a caller."
# assert record["end"] != "script ended", "end the session with `q`."
# print("The session holds together on your own data. Would its condition hold on other data?")

# %% tags=["active-ipynb"] grade_id="session_picture"
# draw_stack(replay(program(answers()["student"]), session()))

# %% [markdown]
# ## 8. Part 3: fix it
#
# **Write** the guilty function once more, repaired, under the name `fixed` and with the arguments it has in the
# program. It should compute what its docstring promises, for the surprising batch too, and leave its
# arguments alone. Sweeping the `nan` under the rug (`nan_to_num`) is no repair: the number that is hidden is
# still wrong. The function must stand on its own: use `np` and its arguments only, and write out what it
# takes from the program.


# %% role="solution" grade_id="fix" minutes=25
def fixed(*arguments):
    """The guilty function of your program, repaired: copy its arguments and its docstring from there."""

    ### BEGIN SOLUTION: fixed: put the repaired function here, in place of this whole definition: `def fixed(`
    ### with the arguments that the guilty function has in the program.
    # A student repairs one function. This model answer holds the repair of each.
    def log_sum_exp(values, axis):
        top = values.max(axis=axis, keepdims=True)
        return (top + np.log(np.exp(values - top).sum(axis=axis, keepdims=True))).squeeze(axis)

    def normalise(images):
        pixels = images.reshape(len(images), -1).astype("float32")
        low, high = pixels.min(axis=1, keepdims=True), pixels.max(axis=1, keepdims=True)
        return (pixels - low) / np.maximum(high - low, 1.0)

    def binary_cross_entropy(probabilities, target):
        p = np.clip(probabilities, 1e-7, 1.0 - 1e-7)
        return -(target * np.log(p) + (1.0 - target) * np.log(1.0 - p))

    def class_weights(one_hot):
        counts = one_hot.sum(axis=0)
        return np.where(counts > 0, len(one_hot) / (len(counts) * np.maximum(counts, 1)), 0.0)

    def class_means(losses, labels):
        groups = [losses[labels == label] for label in range(3)]
        return np.array([group.mean() if len(group) else 0.0 for group in groups])

    def unit_features(points):
        lengths = np.linalg.norm(points, axis=1, keepdims=True)
        return points / np.where(lengths > 0, lengths, 1.0)

    def diversity(modes):
        share = np.unique(modes, return_counts=True)[1] / len(modes)
        return float(-(share * np.log(share)).sum())

    repaired = {
        "normalise": normalise,
        "log_variance": lambda head: np.log(np.maximum(head, 1e-6)),
        "reparameterise": lambda mean, log_var, epsilon: mean + np.exp(log_var / 2.0) * epsilon,
        "kl_to_standard_normal": lambda m, v: -0.5 * (2.0 - np.log(np.pi) + v - m**2 - np.exp(v)).sum(axis=1),
        "reconstruction_loss": lambda x, logits: (np.logaddexp(0.0, logits) - (0.9 * x + 0.05) * logits).sum(axis=1),
        "softplus": lambda logits: np.logaddexp(np.float16(0.0), logits.astype("float16")),
        "log_mean_exp": lambda values: log_sum_exp(values, 0) - np.log(len(values)),
        "slice_rms": lambda images: np.sqrt((images.astype("float64") ** 2).mean(axis=(1, 2))),
        "class_weights": class_weights,
        "class_means": class_means,
        "softmax": lambda logits: np.exp(logits - log_sum_exp(logits, 1)[:, None]),
        "label_planes": lambda labels: np.tile(np.eye(3)[labels][:, None, None], (1, 8, 8, 1)),
        "binary_cross_entropy": binary_cross_entropy,
        "unit_features": unit_features,
        "diversity": diversity,
    }
    fixed.name = getattr(fixed, "name", None) or answers()["function"]  # once: it takes a replay to know
    return repaired[fixed.name](*arguments)
    ### END SOLUTION


# %% tags=["active-ipynb"] role="test" grade_id="fix_check" points=4
# printed = run_repaired(program(answers()["student"]), answers()["function"], fixed)
# print(printed)
# for trouble in ("nan", "inf", "Error"):
#     assert trouble not in printed, f"the repaired program still reports {trouble!r}."
# print("The repaired program runs, and what it reports are numbers.")

# %% [markdown]
# If one batch still costs far more than the others, that may be right: an outlier is an outlier. What the
# function computes *for* it must be right, too.

# %% [markdown]
# ## 9. Observations
#
# In your own words, five to ten lines: What did you look at, in which order, and which look told you most? How
# many batches would you have had to step through without a condition? When would you rather use `print`?
# What would you change in the program so that the same mistake is noticed at once next time?

# %% [markdown] role="manual" grade_id="obs_debugger" points=2
# ### BEGIN SOLUTION
# The report said `nan`, so a condition on the loss in the loop gave the batch at once, and I went down from
# there: a breakpoint in each called function with a condition on what it returns, until arguments were good and
# the result was not. The look at the minimum and maximum of the argument told most: one slice was unlike all
# others. Without a condition I would have stepped through more than a hundred batches. `print` is better when
# I want to see how a number develops over time, or where a debugger cannot stop, as in a graph. A check at the
# border (`if not np.isfinite(x).all(): raise ...` for every batch that is read) would have named the slice.
# ### END SOLUTION
