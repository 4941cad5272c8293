# The agent answers True to everything.
# held by: two sides
import judge.sandbox.agent as agent

agent.Agent.answer = lambda self, request: {"returned": True}
