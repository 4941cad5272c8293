# Divergence is asked before collapse.
# fails: test_diagnose
# hints: diagnose-collapse-not-first

# %% grade_id="diagnose"
def diagnose(discriminator_losses, generator_losses, num_covered, num_modes):
    d_last, g_last = (
        np.asarray(losses, "float64")[len(losses) // 2 :]
        for losses in (discriminator_losses, generator_losses)
    )
    if np.mean(g_last) > 3.0:
        return "divergence"
    if num_covered < num_modes / 2:
        return "collapse"
    flat = np.std(d_last) < 0.1 and np.std(g_last) < 0.1
    if flat and abs(np.mean(d_last) - math.log(4.0)) < 0.1 and num_covered == num_modes:
        return "equilibrium"
    return "training"
