"""What a store is for: one short list, by which it applies and is found.

Units: none. Source: spec/platform.md (Store); design/ui/faces.md 6.1 (finder).
"""

from django.db.models import TextChoices


class Category(TextChoices):
    """The main trade of a store (主营类目)."""

    FOOD = "food", "餐饮"
    DRINKS = "drinks", "饮品甜点"
    GROCERY = "grocery", "生鲜食品"
    SHOPPING = "shopping", "百货服饰"
    HOME = "home", "家居五金"
    REPAIR = "repair", "维修"
    SERVICE = "service", "生活服务"
    BEAUTY = "beauty", "美发美容"
    HEALTH = "health", "医疗健康"
    LEARNING = "learning", "教育文化"
    SPORT = "sport", "运动休闲"
    TRAVEL = "travel", "住宿旅行"
    OTHER = "other", "其他"
