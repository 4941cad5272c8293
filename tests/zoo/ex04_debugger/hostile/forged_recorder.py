# Replaces the recorder, the generator and the story on the student's side.
# fails: test_session_can_be_replayed

# %% grade_id="session"
import vaegan.debugger

vaegan.debugger.replay = lambda text, script: {"events": [], "breakpoints": [], "end": "quit", "error": "", "unused": 0,
                                               "num_commands": 1}
vaegan.debugger.program = lambda *_: "std = np.exp(z_log_var)"
vaegan.debugger.tell = lambda record: "all is well"


def session():
    return "q"
