# Answers of every wrong type: none may break the judge.
# fails: test_optimal_discriminator, test_value_function, test_generator_makes_images, test_discriminator_shape, test_discriminator_loss_shape, test_discriminator_loss_value, test_discriminator_loss_gradient, test_generator_loss_shape, test_saturating_loss_shape, test_generator_loss_value, test_saturating_loss_value, test_generator_loss_gradients, test_discriminator_step_loss, test_discriminator_step_follows_the_gradient, test_discriminator_step_moves_nothing_else, test_discriminator_step_batches, test_discriminator_step_trains_on_training_fakes, test_generator_step_loss, test_generator_step_follows_the_gradient, test_generator_step_moves_nothing_else, test_sample_draws_noise, test_gan_config, test_save_and_reload, test_high_quality, test_modes_covered, test_diagnose_collapse, test_diagnose_divergence, test_diagnose_equilibrium, test_stddev_shape, test_packing, test_closeness_shape
# hints: gradient-cut

# %% grade_id="value"
def optimal_discriminator(p_data, p_model):
    return None


def value_function(p_data, p_model, d):
    return float("nan")

# %% grade_id="generator"
class Generator:
    def __init__(self, **kwargs):
        pass

    def __call__(self, z, training=None):
        return {"image": z, 3: z}, object()

# %% grade_id="discriminator"
def Discriminator(filters=1):
    return lambda x, training=None: [[x]]

# %% grade_id="discriminator_loss"
def discriminator_loss(*args, **kwargs):
    return "0.0"

# %% grade_id="generator_loss"
def generator_loss(fake_logits):
    return [[0.0] * 1000] * 10


def saturating_generator_loss(fake_logits):
    return fake_logits == fake_logits

# %% grade_id="gan"
class GAN:
    def __init__(self, *args, **kwargs):
        pass

    def __getattr__(self, name):
        return lambda *args, **kwargs: {"discriminator_loss": "low", "generator_loss": [1, "2"], "name": self}

# %% grade_id="modes"
def modes_covered(*args, **kwargs):
    return np.zeros((3, 3))


def high_quality(samples, centres, sd):
    return float("inf")

# %% grade_id="diagnose"
def diagnose(*args):
    return ["equilibrium"]

# %% grade_id="minibatch_stddev"
def MinibatchStdDev():
    return 3

# %% grade_id="packing"
class Packed:
    def __init__(self, *args, **kwargs):
        pass

# %% grade_id="minibatch_discrimination"
class MinibatchDiscrimination:
    def __init__(self, num_kernels, kernel_dim):
        self.num_kernels = num_kernels

    def __call__(self, x):
        return x * math.nan

    def get_weights(self):
        return [0]
