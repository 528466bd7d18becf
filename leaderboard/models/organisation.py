"""Accounts that share runs."""

from __future__ import annotations

from django.conf import settings
from django.db import models


class Organisation(models.Model):
    """A group of accounts. Its members see its private runs, its owners may change them."""

    slug = models.SlugField(max_length=80, unique=True)
    name = models.CharField(max_length=80)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class Membership(models.Model):
    """One account in one organisation. `accepted_at` null: invited, and not a member yet."""

    class Role(models.TextChoices):
        OWNER = "owner", "owner: changes its runs and its members"
        MEMBER = "member", "member: sees its runs and adds own ones"

    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="memberships")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=16, choices=Role, default=Role.MEMBER)
    invited_at = models.DateTimeField(auto_now_add=True)
    accepted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["organisation", "pk"]
        constraints = [models.UniqueConstraint(fields=["organisation", "user"], name="member_once")]

    def __str__(self) -> str:
        return f"{self.user} in {self.organisation}"
