"""x."""
from advisord.lockfiles.interface import Manifests
from advisord.model.inventory import Inventory
def annotate(inventory: Inventory, manifests: Manifests) -> Inventory:
    """."""
    return inventory
