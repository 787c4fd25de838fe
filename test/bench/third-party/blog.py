"""A blog in the way of FastAPI's own examples; its contract is the one that FastAPI writes. BUG plants one bug.

`python blog.py dump` prints the contract, `python blog.py` serves on PORT.
"""
import json, os, sys, threading
from datetime import datetime, timezone
from typing import Annotated, Generic, List, Optional, TypeVar
from enum import Enum
from fastapi import FastAPI, HTTPException, Query
from pydantic import BaseModel, Field
BUG=os.environ.get('BUG','')
def bug(n): return n==BUG
app=FastAPI(title='Blog API',version='0.3.0')
T=TypeVar('T')
class Message(BaseModel): detail: str
class Page(BaseModel, Generic[T]):
    items: List[T]; total: int; skip: int; limit: int
class Status(str,Enum): draft='draft'; published='published'; archived='archived'
class UserBase(BaseModel):
    username: str=Field(min_length=3,max_length=20,pattern='^[a-z0-9_]+$')
    full_name: Optional[str]=Field(default=None,max_length=60)
    age: int=Field(ge=13,le=120)
class UserCreate(UserBase): pass
class UserUpdate(BaseModel):
    full_name: Optional[str]=Field(default=None,max_length=60)
    age: Optional[int]=Field(default=None,ge=13,le=120)
class User(UserBase): id:int; created_at: datetime
class PostCreate(BaseModel):
    title: str=Field(min_length=1,max_length=80)
    body: str=Field(max_length=2000)
    tags: List[str]=Field(default_factory=list,max_length=5)
    status: Status=Status.draft
class PostUpdate(BaseModel):
    title: Optional[str]=Field(default=None,min_length=1,max_length=80)
    body: Optional[str]=Field(default=None,max_length=2000)
    tags: Optional[List[str]]=Field(default=None,max_length=5)
    status: Optional[Status]=None
class Post(PostCreate): id:int; author_id:int; comment_count:int; created_at: datetime
class CommentCreate(BaseModel): text: str=Field(min_length=1,max_length=300)
class Comment(CommentCreate): id:int; post_id:int
users={}; posts={}; comments={}; lock=threading.Lock(); ids={'u':0,'p':0,'c':0}
def nid(k): ids[k]+=1; return ids[k]
now=lambda: datetime.now(timezone.utc)
N={404:{'model':Message}}
C={409:{'model':Message}}
Skip=Annotated[int,Query(ge=0,le=1000000)]; Limit=Annotated[int,Query(ge=1,le=100)]
def page(rows,skip,limit):
    total=len(rows)
    if bug('total-page'): total=len(rows[skip:skip+limit])
    if bug('page-overlap') and skip>0: skip-=1
    if bug('limit-off'): limit+=1
    if bug('limit-ignored'): return dict(items=rows[skip:],total=total,skip=skip,limit=limit)
    return dict(items=rows[skip:skip+limit],total=total,skip=skip,limit=limit)
def user_or_404(i):
    if i not in users:
        if bug('user-404-500'): return users[i]
        raise HTTPException(404,'User not found')
    return users[i]
def post_or_404(i):
    if i not in posts: raise HTTPException(404,'Post not found')
    return posts[i]
@app.get('/users',response_model=Page[User])
def list_users(skip:Skip=0,limit:Limit=20): return page(list(users.values()),skip,limit)
@app.post('/users',response_model=User,status_code=201,responses=C)
def create_user(u:UserCreate):
    with lock:
        if any(x['username']==u.username for x in users.values()) and not bug('dup-user'): raise HTTPException(409,'Username taken')
        i=nid('u'); users[i]={**u.model_dump(),'id':i,'created_at':now()}
        if bug('name-trim') : users[i]['full_name']=(u.full_name or '').strip()[:20] or None
        return {**users[i]}
@app.get('/users/{user_id}',response_model=User,responses=N)
def get_user(user_id:int): return user_or_404(user_id)
@app.patch('/users/{user_id}',response_model=User,responses=N)
def update_user(user_id:int,u:UserUpdate):
    with lock:
        x=user_or_404(user_id); d=u.model_dump(exclude_unset=not bug('patch-nulls'))
        if d.get('age',0) is None: d.pop('age')
        if bug('patch-lost'): return {**x,**d}
        x.update(d); return x
@app.delete('/users/{user_id}',status_code=204,responses=N)
def delete_user(user_id:int):
    with lock:
        user_or_404(user_id)
        if not bug('delete-noop'): del users[user_id]
        if not bug('orphans'):
            for p in [p for p in posts.values() if p['author_id']==user_id]: drop_post(p['id'])
def drop_post(i):
    posts.pop(i,None)
    for c in [c for c in comments.values() if c['post_id']==i]: comments.pop(c['id'])
@app.get('/users/{user_id}/posts',response_model=List[Post],responses=N)
def user_posts(user_id:int):
    user_or_404(user_id); r=[show(p) for p in list(posts.values()) if p['author_id']==user_id or bug('others-posts')]
    return r[:-1] if bug('newest-missing') and len(r)>1 else r
@app.post('/users/{user_id}/posts',response_model=Post,status_code=201,responses=N)
def create_post(user_id:int,p:PostCreate):
    with lock:
        if not bug('orphan-create'): user_or_404(user_id)
        i=nid('p'); posts[i]={**p.model_dump(),'id':i,'author_id':user_id,'created_at':now()}
        if bug('tags-500') and len(p.tags)!=len(set(p.tags)): raise RuntimeError('UNIQUE constraint failed')
        if bug('default-published') and 'status' not in p.model_fields_set: posts[i]['status']=Status.published
        return show(posts[i])
def show(p): return {**p,'comment_count':sum(c['post_id']==p['id'] for c in list(comments.values()))}
@app.get('/posts',response_model=Page[Post])
def list_posts(status:Optional[Status]=None,tag:Optional[str]=Query(default=None,max_length=30),sort:Annotated[Optional[str],Query(pattern='^(title|-title)$')]=None,skip:Skip=0,limit:Limit=20):
    r=[show(p) for p in list(posts.values())]
    if status and not bug('status-filter'): r=[p for p in r if p['status']==status]
    if tag: r=[p for p in r if tag in p['tags']]
    if sort: r.sort(key=lambda p:p['title'],reverse=(sort=='-title')!=bug('sort-wrong'))
    return page(r,skip,limit)
@app.get('/posts/{post_id}',response_model=Post,responses=N)
def get_post(post_id:int): return show(post_or_404(post_id))
@app.patch('/posts/{post_id}',response_model=Post,responses=N)
def update_post(post_id:int,u:PostUpdate):
    with lock:
        x=post_or_404(post_id); d={k:v for k,v in u.model_dump(exclude_unset=True).items() if v is not None}
        x.update(d)
        if bug('patch-clears-tags') and 'tags' not in d: x['tags']=[]
        return show(x)
@app.delete('/posts/{post_id}',status_code=204,responses=N)
def delete_post(post_id:int):
    with lock: post_or_404(post_id); drop_post(post_id)
@app.get('/posts/{post_id}/comments',response_model=List[Comment],responses=N)
def list_comments(post_id:int): post_or_404(post_id); return [c for c in list(comments.values()) if c['post_id']==post_id]
@app.post('/posts/{post_id}/comments',response_model=Comment,status_code=201,responses=N)
def create_comment(post_id:int,c:CommentCreate):
    with lock:
        post_or_404(post_id)
        if bug('emoji-500') and any(ord(x)>0xffff for x in c.text): raise RuntimeError('Incorrect string value')
        i=nid('c'); comments[i]={**c.model_dump(),'id':i,'post_id':post_id}; return comments[i]
@app.delete('/posts/{post_id}/comments/{comment_id}',status_code=204,responses=N)
def delete_comment(post_id:int,comment_id:int):
    with lock:
        post_or_404(post_id); c=comments.get(comment_id)
        if c is None or (c['post_id']!=post_id and not bug('cross-parent')): raise HTTPException(404,'Comment not found')
        del comments[comment_id]

if __name__=='__main__':
    if sys.argv[1:]==['dump']: print(json.dumps(app.openapi()))
    else:
        import uvicorn
        uvicorn.run(app,host='127.0.0.1',port=int(os.environ['PORT']),log_level='critical',access_log=False)
