"""Input gradients of an MLP and of a bank of towers by autograd, and the gradients of a loss that contains them.

    python3 reference.py            writes the fixtures

Statistics of batch norm are held fixed in the inner gradient (they are detached), masks are scripted.
"""
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from common import *  # noqa: E402,F403

B, N, IN, WIDTHS, SLOPE = 12, 3, 5, (6, 4), 0.2


def case(name, bank, norm, seed):
    g = torch.Generator().manual_seed(seed)

    def draw(*shape):
        return torch.tensor(np.round(torch.randn(*shape, generator=g).numpy(), 6)).requires_grad_(True)

    x = draw(B, IN)
    delta = draw(B, WIDTHS[-1])
    scenario = torch.tensor([b % N for b in range(B)])
    one_hot = torch.nn.functional.one_hot(scenario, N).to(torch.float64)
    lead = (N,) if bank else ()
    parameters, masks, width = {}, [], IN
    for k, w in enumerate(WIDTHS):
        parameters[f"net.{k}.weight"] = draw(*lead, width, w)
        if norm == "off":
            parameters[f"net.{k}.bias"] = draw(*lead, w)
        else:
            parameters[f"net.{k}.norm.gamma"] = draw(w)
            parameters[f"net.{k}.norm.beta"] = draw(w)
        masks.append((torch.rand(B, w, generator=g) > 0.25).double() / 0.75)
        width = w

    def linear(h, k):
        weight = parameters[f"net.{k}.weight"]
        if bank:
            return torch.einsum("bi,bio->bo", h, weight[scenario])
        return h @ weight

    def forward(x, frozen=None):
        """`frozen`: statistics to use instead of the batch's own."""
        h, statistics = x, []
        for k in range(len(WIDTHS)):
            u = linear(h, k)
            if norm == "off":
                bias = parameters[f"net.{k}.bias"]
                u = u + (bias[scenario] if bank else bias)
            else:
                if frozen is not None:
                    mean, variance = frozen[k]
                elif norm == "shared":
                    mean = u.mean(0, keepdim=True)
                    variance = ((u - mean) ** 2).mean(0, keepdim=True)
                else:
                    means = torch.stack([u[scenario == n].mean(0) for n in range(N)])
                    mean = means[scenario]
                    variance = torch.stack([((u - mean)[scenario == n] ** 2).mean(0) for n in range(N)])[scenario]
                statistics.append((mean, variance))
                gamma, beta = parameters[f"net.{k}.norm.gamma"], parameters[f"net.{k}.norm.beta"]
                u = gamma * (u - mean) / torch.sqrt(variance + BN_EPS) + beta
            h = leaky(u, SLOPE) * masks[k]
        return h, statistics

    output, statistics = forward(x)
    frozen = [(mean.detach(), variance.detach()) for mean, variance in statistics]
    again, _ = forward(x, frozen or None)
    (jacobian,) = torch.autograd.grad(again, x, grad_outputs=delta, create_graph=True)
    # A loss of the inner gradient alone; a smooth weighting so that no part cancels.
    weighting = torch.linspace(0.5, 1.5, B * IN).reshape(B, IN)
    loss = (weighting * jacobian**2).sum()
    names = [n for n in parameters if not n.endswith("beta") and not n.endswith("bias")]
    grads = torch.autograd.grad(loss, [parameters[n] for n in names] + [delta], allow_unused=True)
    write_json(
        fixture_path(__file__, name),
        dict(
            bank=bank,
            norm=norm,
            slope=SLOPE,
            scenario=scenario.tolist(),
            x=x,
            delta=delta,
            masks=masks,
            weighting=weighting,
            parameters=parameters,
            output=output,
            inputGradient=jacobian,
            loss=float(loss),
            gradients=dict(zip(names, grads[:-1])),
            deltaGradient=grads[-1],
        ),
    )


if __name__ == "__main__":
    for bank in (False, True):
        for norm in ("off", "shared", "domain"):
            case(f"{'bank' if bank else 'mlp'}-{norm}", bank, norm, 5)
