"""Expected numbers of lesson 04: floor and largest rate, by NumPy.

The exams of labs 04-1 and 04-2: five rows, three columns. The rate is bounded by
2 over the largest eigenvalue of the Hessian 2/n [X 1]'[X 1].
"""
import numpy as np

X = np.array([[73, 80, 75], [93, 88, 93], [89, 91, 90], [96, 98, 100], [73, 66, 70]], float)
y = np.array([152, 185, 180, 196, 142.])

def bound(x):
    a = np.c_[x, np.ones(len(x))]
    return 2 / np.linalg.eigvalsh(2 / len(x) * a.T @ a).max()

if __name__ == "__main__":
    a = np.c_[X, np.ones(5)]
    w = np.linalg.lstsq(a, y, rcond=None)[0]
    print("floor", np.mean((a @ w - y) ** 2), "bound", bound(X))
    print("min-max", bound((X - X.min(0)) / np.ptp(X, axis=0)))
    print("standard", bound((X - X.mean(0)) / X.std(0)))
    for rate in (1e-5, 4.5e-5, 4.6e-5, 1e-4):
        v, cost = np.zeros(4), []
        for _ in range(2001):
            r = a @ v - y; cost.append(np.mean(r * r)); v -= rate * 2 / 5 * a.T @ r
        print(rate, cost[0], cost[10], cost[2000])
    print("line", bound(np.array([[1.], [2], [3]])))
    a = np.c_[[1., 2, 3], [1, 1, 1]]
    for rate in (.01, .1, .18, .1785, .1821, .2, 1e-5, 1e-10, 1.5):
        v, cost = np.array([2.2086694, -.8204183]), []
        for _ in range(2001):
            r = a @ v - [1, 2, 3]; cost.append(np.mean(r * r)); v = v - rate * 2 / 3 * a.T @ r
        below = np.flatnonzero(np.array(cost) < 1e-3)
        print(rate, cost[0], cost[20], cost[1746], cost[2000], below[:1])
