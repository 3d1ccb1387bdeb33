//! The findings, a file for each: the rule, its words, where its numbers come
//! from, and the experiments that must and must not fire it.

macro_rules! findings {
    ($($name:ident),+ $(,)?) => {
        $(pub(crate) mod $name;)+

        /// All rules, causes before what follows from them.
        pub(crate) const ALL: &[&crate::rule::Rule] = &[$(&$name::RULE),+];
    };
}

mod initialization;
mod slopes;

findings! {
    learning_rate_not_positive,
    frozen_layers,
    double_softmax,
    probabilities_as_logits,
    logits_as_probabilities,
    softmax_on_one_output,
    output_activation_mismatch,
    target_outside_range,
    loss_task_mismatch,
    metric_task_mismatch,
    symmetric_initialization,
    softmax_in_hidden_layer,
    missing_activation,
    dropout_on_output,
    rows_not_shuffled,
    naive_logarithm,
    summed_loss,
    mixed_scale_columns,
    unscaled_inputs,
    inputs_too_small,
    initialization_too_small,
    initialization_too_large,
    exploding_activations,
    learning_rate_too_high,
    clipping_too_small,
    learning_rate_too_low,
    training_too_short,
    vanishing_gradient,
    exploding_gradient,
    exploding_through_time,
    dead_relu,
    saturated_activation,
    regularization_too_strong,
    dropout_too_high,
    noisy_steps,
    target_not_scaled,
    class_imbalance,
    one_class_part,
    rows_in_two_parts,
    inputs_scaled_differently,
    column_gives_target_away,
    series_parted_at_random,
    part_too_small,
    duplicate_column,
    constant_column,
    labels_on_another_scale,
    overfitting,
    signal_missing,
    evaluation_differs,
    underfitting,
    no_better_than_baseline,
}
