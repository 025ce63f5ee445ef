"""What calls cost by the user's own price table, and the purse that a run may spend."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import yaml
from pydantic import Field, ValidationError

from interviewer.domain import Frozen
from interviewer.errors import AuthorError, BudgetSpent

TABLE = Path(__file__).parent / "prices.yaml"


class Price(Frozen):
    """Of a million tokens sent, and of a million replied."""

    input: float = Field(ge=0)
    output: float = Field(ge=0)


class Prices(Frozen):
    """The price table."""

    currency: str = "USD"
    models: Mapping[str, Price] = Field(default_factory=dict)

    def of(self, model: str, prompt: int, completion: int) -> float | None:
        """What so many tokens cost; None where the model has no price."""
        price = self.models.get(model)
        return None if price is None else (prompt * price.input + completion * price.output) / 1e6


def read_prices(path: Path = TABLE) -> Prices:
    """The table of a file. Raises AuthorError with the remedy."""
    try:
        return Prices.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")) or {})
    except (OSError, UnicodeDecodeError, yaml.YAMLError, ValidationError) as error:
        raise AuthorError(
            f"{path}: can't be read as a price table ({error}); it needs `models`, each with `input` and `output` per million tokens"
        ) from error


class Purse:
    """What a run may spend, and what it has: nothing is sent once either bound is reached. 0 means no bound."""

    def __init__(self, prices: Prices, most_tokens: int = 0, most_money: float = 0.0) -> None:
        self.prices = prices
        self._most_tokens, self._most_money = most_tokens, most_money
        self.tokens, self.money = 0, 0.0
        self.empty: str | None = None

    def require_prices(self, models: Mapping[str, str]) -> None:
        """Refuse a bound in money for a model without a price. Raises AuthorError."""
        if self._most_money and (unpriced := sorted(set(models.values()) - self.prices.models.keys())):
            raise AuthorError(f"--max-cost needs a price for {unpriced[0]}: add it to the price table, or bound the run with --max-tokens")

    def check(self, model: str) -> None:
        """Raise BudgetSpent where a bound is reached, and remember it for the end of the run."""
        if self._most_tokens and self.tokens >= self._most_tokens:
            self.empty = f"{self.tokens:,} tokens are spent and --max-tokens is {self._most_tokens:,}"
        elif self._most_money and self.money >= self._most_money:
            self.empty = f"{self.money:.2f} {self.prices.currency} are spent and --max-cost is {self._most_money:.2f}"
        if self.empty:
            raise BudgetSpent(f"{self.empty}, so nothing more was sent to {model}.")

    def pay(self, model: str, usage: tuple[int, int] | None) -> None:
        """Count a reply; one without the server's count costs nothing here, and is named so in the report."""
        if usage:
            self.tokens += sum(usage)
            self.money += self.prices.of(model, *usage) or 0.0
