"""MAMDR: rounds of domain negotiation and domain regularisation around any model.

    training = Mamdr([*model.parameters(), *table.parameters()], loss, torch.optim.Adam, domains=3)
    training.round(batches, order, helpers)

`loss(batch)` is the model's; `batches[i]` are domain i's. Plain optimisers only: with weight decay a step would depend on
where the sum of shared and own parameters stands.
"""
import random

import torch


class Mamdr:
    def __init__(self, parameters, loss, optimiser, domains, inner_rate=1e-3, outer_rate=0.5, helper_rate=0.1):
        self.parameters, self.loss = list(parameters), loss
        self.outer_rate, self.helper_rate = outer_rate, helper_rate
        # One optimiser for all that is trained; its moments run on.
        self.optimiser = optimiser(self.parameters, lr=inner_rate)
        self.shared = [parameter.detach().clone() for parameter in self.parameters]
        self.own = [[torch.zeros_like(value) for value in self.shared] for _ in range(domains)]

    @torch.no_grad()
    def load(self, own=None):
        """The model takes the shared parameters, with those of a domain added."""
        for k, parameter in enumerate(self.parameters):
            parameter.copy_(self.shared[k] if own is None else self.shared[k] + own[k])

    def train(self, batches):
        for batch in batches:
            self.optimiser.zero_grad(set_to_none=True)
            self.loss(batch).backward()
            self.optimiser.step()

    @torch.no_grad()
    def move(self, values, start, rate):
        """Towards where training led from `start`, part of the way."""
        for value, at, parameter in zip(values, start, self.parameters):
            value.add_(rate * (parameter - at))

    def negotiate(self, batches, order):
        self.load()
        for domain in order:
            self.train(batches[domain])
        self.move(self.shared, [value.clone() for value in self.shared], self.outer_rate)

    def regularise(self, batches, domain, helpers):
        for helper in helpers:
            # The loss moves the sum, so its way is that of the own part.
            self.load(self.own[domain])
            start = [parameter.detach().clone() for parameter in self.parameters]
            self.train(batches[helper])
            self.train(batches[domain])
            self.move(self.own[domain], start, self.helper_rate)

    def round(self, batches, order, helpers):
        self.negotiate(batches, order)
        for domain in order:
            self.regularise(batches, domain, helpers[domain])


def draw(domains, helpers):
    """A shuffled order, and for each domain some of the others."""
    order = random.sample(range(domains), domains)
    return order, [random.sample([j for j in range(domains) if j != i], helpers) for i in range(domains)]
