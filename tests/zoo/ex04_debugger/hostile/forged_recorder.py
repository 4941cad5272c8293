# Replaces the recorder, the generator and the story on the student's side.
# fails: test_session_can_be_replayed, test_condition_is_on_data, test_few_stops_before, test_variable_is_printed, test_up_reaches_the_batch, test_session_is_short
# hints: looked-at-another, no-condition, no-up

# %% grade_id="session"
import vaegan.debugger

vaegan.debugger.replay = lambda text, script: {"events": [], "breakpoints": [], "end": "quit", "error": "", "unused": 0,
                                               "num_commands": 1}
vaegan.debugger.program = lambda *_: "std = np.exp(z_log_var)"
vaegan.debugger.tell = lambda record: "all is well"


def session():
    return "q"
