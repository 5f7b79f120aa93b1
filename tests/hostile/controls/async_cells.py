"""Cells await at top level."""
# %%
# honest
# %%
import asyncio
await asyncio.sleep(0.05)


async def half(number):
    await asyncio.sleep(0)
    return number / 2

print(await asyncio.gather(*(half(number) for number in range(5))))
# %%
async with asyncio.timeout(5):
    w, b = (await asyncio.gather(asyncio.to_thread(fit, x, y)))[0]
