# Thirty megabytes of outputs in each of many answers, past the agent's own cap.
# held by: sizes
import judge.sandbox.cells as cells

cells.run_cell = lambda shell, source: {
    "outputs": [{"output_type": "stream", "name": "stdout", "text": "x" * 30 * 2**20}],
    "ok": True,
}
