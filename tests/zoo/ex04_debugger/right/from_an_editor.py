# Made of the breakpoints of VS Code.

# %% grade_id="session"
def session():
    from vaegan.debugger import session_script

    launch = """{
      // the breakpoints that I set
      "configurations": [{"name": "mine", "breakpoints": [
        {"line": 92, "condition": "std.max() > 100", "verified": true},
        {"line": 47, "enabled": false},
      ]}]
    }"""
    return session_script(launch, looks=["std", "up 3", "batch"])
