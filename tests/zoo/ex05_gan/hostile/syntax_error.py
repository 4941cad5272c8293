# A cell that is not Python: there is no GAN.
# fails: test_discriminator_step_loss, test_discriminator_step_follows_the_gradient
# fails: test_discriminator_step_moves_nothing_else, test_discriminator_step_batches
# fails: test_discriminator_step_trains_on_training_fakes, test_generator_step_loss
# fails: test_generator_step_follows_the_gradient, test_generator_step_moves_nothing_else
# fails: test_sample_draws_noise, test_gan_config, test_save_and_reload

# %% grade_id="gan"
class GAN(BaseGAN:
    def sample(self, num)
        return 0
