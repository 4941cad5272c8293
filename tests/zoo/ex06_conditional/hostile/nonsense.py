# Answers of every wrong type: none may break the judge.
# fails: test_one_hot, test_embedding_reads_its_table, test_append_condition, test_append_planes_shape, test_cvae_encode, test_cvae_decode, test_cvae_inputs_of, test_labelled_generate, test_labelled_fakes, test_class_loss, test_auxiliary_shapes, test_acgan_config, test_acgan_reload

# %% grade_id="conditions"
class OneHotCondition:
    condition_dim = "many"

    def __init__(self, *args, **kwargs):
        pass

    def __call__(self, labels):
        return {"c": labels, 3: object()}


def EmbeddingCondition(*args, **kwargs):
    return lambda labels: [[labels]] * 1000

# %% grade_id="planes"
def append_condition(z, c):
    return "z, c"


def append_planes(images, c):
    return images * float("nan")

# %% grade_id="cvae"
class CVAE:
    def __init__(self, *args, **kwargs):
        self.trainable_variables = None

    def __getattr__(self, name):
        return lambda *args, **kwargs: {"loss": "low", "kl_loss": None, "self": self}

# %% grade_id="labelled_gan"
class LabelledGAN:
    def __init__(self, *args, **kwargs):
        pass

    def __getattr__(self, name):
        return lambda *args, **kwargs: (float("inf"), [self])

# %% grade_id="auxiliary"
def class_loss(class_logits, labels):
    return -0.0


class AuxiliaryDiscriminator:
    def __init__(self, *args, **kwargs):
        pass

    def __call__(self, x, training=None):
        return x, x, x
