"""JAX: the whole step compiled, the parameters donated; each step is waited for.

So do all the others, and so does a training loop that looks at its loss.
"""

TITLE = "JAX jit"
NEEDS = ("jax",)


def SUPPORTS(case):
    return case.optimizer == "sgd"


def prepare(case):
    step, wait = pipelined(case)

    def waited_for():
        loss = step()
        wait()
        return loss

    return waited_for, wait


def pipelined(case):
    """The step and the waiting apart."""
    from functools import partial

    import jax
    import jax.numpy as jnp

    x, target = (jnp.asarray(array) for array in case.data())
    state = {"layers": [(jnp.asarray(W), jnp.asarray(b)) for W, b in case.weights()]}

    def forward(layers, x):
        for W, b in layers[:-1]:
            x = jax.nn.relu(x @ W + b)
        W, b = layers[-1]
        return x @ W + b

    def softmax_cross_entropy(layers, x, target):
        log_p = jax.nn.log_softmax(forward(layers, x))
        return -jnp.take_along_axis(log_p, target[:, None], axis=1).mean()

    def binary_cross_entropy(layers, x, target):
        z = forward(layers, x)
        return (jax.nn.softplus(z) - z * target).mean()

    def mse(layers, x, target):
        return ((forward(layers, x) - target) ** 2).mean()

    loss_of = locals()[case.loss]

    @partial(jax.jit, donate_argnums=0)
    def training_step(layers, x, target):
        loss, slopes = jax.value_and_grad(loss_of)(layers, x, target)
        return loss, jax.tree.map(lambda value, slope: value - case.lr * slope, layers, slopes)

    def step():
        loss, state["layers"] = training_step(state["layers"], x, target)
        return loss

    return step, lambda: jax.block_until_ready(state["layers"])
