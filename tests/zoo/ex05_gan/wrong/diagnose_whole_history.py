# The whole history instead of its last half.
# fails: test_diagnose
# hints: diagnose-other-part

# %% grade_id="diagnose"
def diagnose(discriminator_losses, generator_losses, num_covered, num_modes):
    d_last, g_last = (
        np.asarray(losses, "float64")
        for losses in (discriminator_losses, generator_losses)
    )
    if num_covered < num_modes / 2:
        return "collapse"
    if np.mean(g_last) > 3.0:
        return "divergence"
    flat = np.std(d_last) < 0.1 and np.std(g_last) < 0.1
    if flat and abs(np.mean(d_last) - math.log(4.0)) < 0.1 and num_covered == num_modes:
        return "equilibrium"
    return "training"
