"""What suites of several exercises share: objects and tiny networks on the student's side, noise, data."""
