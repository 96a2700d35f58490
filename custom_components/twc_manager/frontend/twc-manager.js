/* TWC Manager: made from frontend/ by npm run build. Contains Lit, (c) Google LLC, BSD-3-Clause. */
var Te=globalThis,ke=Te.ShadowRoot&&(Te.ShadyCSS===void 0||Te.ShadyCSS.nativeShadow)&&"adoptedStyleSheets"in Document.prototype&&"replace"in CSSStyleSheet.prototype,lt=Symbol(),Vt=new WeakMap,ce=class{constructor(e,t,r){if(this._$cssResult$=!0,r!==lt)throw Error("CSSResult is not constructable. Use `unsafeCSS` or `css` instead.");this.cssText=e,this.t=t}get styleSheet(){let e=this.o,t=this.t;if(ke&&e===void 0){let r=t!==void 0&&t.length===1;r&&(e=Vt.get(t)),e===void 0&&((this.o=e=new CSSStyleSheet).replaceSync(this.cssText),r&&Vt.set(t,e))}return e}toString(){return this.cssText}},zt=n=>new ce(typeof n=="string"?n:n+"",void 0,lt),k=(n,...e)=>{let t=n.length===1?n[0]:e.reduce((r,i,o)=>r+(s=>{if(s._$cssResult$===!0)return s.cssText;if(typeof s=="number")return s;throw Error("Value passed to 'css' function must be a 'css' function result: "+s+". Use 'unsafeCSS' to pass non-literal values, but take care to ensure page security.")})(i)+n[o+1],n[0]);return new ce(t,n,lt)},Gt=(n,e)=>{if(ke)n.adoptedStyleSheets=e.map(t=>t instanceof CSSStyleSheet?t:t.styleSheet);else for(let t of e){let r=document.createElement("style"),i=Te.litNonce;i!==void 0&&r.setAttribute("nonce",i),r.textContent=t.cssText,n.appendChild(r)}},ct=ke?n=>n:n=>n instanceof CSSStyleSheet?(e=>{let t="";for(let r of e.cssRules)t+=r.cssText;return zt(t)})(n):n;var{is:Vr,defineProperty:zr,getOwnPropertyDescriptor:Gr,getOwnPropertyNames:Wr,getOwnPropertySymbols:Br,getPrototypeOf:Kr}=Object,Ce=globalThis,Wt=Ce.trustedTypes,jr=Wt?Wt.emptyScript:"",qr=Ce.reactiveElementPolyfillSupport,de=(n,e)=>n,dt={toAttribute(n,e){switch(e){case Boolean:n=n?jr:null;break;case Object:case Array:n=n==null?n:JSON.stringify(n)}return n},fromAttribute(n,e){let t=n;switch(e){case Boolean:t=n!==null;break;case Number:t=n===null?null:Number(n);break;case Object:case Array:try{t=JSON.parse(n)}catch{t=null}}return t}},Kt=(n,e)=>!Vr(n,e),Bt={attribute:!0,type:String,converter:dt,reflect:!1,useDefault:!1,hasChanged:Kt};Symbol.metadata??=Symbol("metadata"),Ce.litPropertyMetadata??=new WeakMap;var A=class extends HTMLElement{static addInitializer(e){this._$Ei(),(this.l??=[]).push(e)}static get observedAttributes(){return this.finalize(),this._$Eh&&[...this._$Eh.keys()]}static createProperty(e,t=Bt){if(t.state&&(t.attribute=!1),this._$Ei(),this.prototype.hasOwnProperty(e)&&((t=Object.create(t)).wrapped=!0),this.elementProperties.set(e,t),!t.noAccessor){let r=Symbol(),i=this.getPropertyDescriptor(e,r,t);i!==void 0&&zr(this.prototype,e,i)}}static getPropertyDescriptor(e,t,r){let{get:i,set:o}=Gr(this.prototype,e)??{get(){return this[t]},set(s){this[t]=s}};return{get:i,set(s){let a=i?.call(this);o?.call(this,s),this.requestUpdate(e,a,r)},configurable:!0,enumerable:!0}}static getPropertyOptions(e){return this.elementProperties.get(e)??Bt}static _$Ei(){if(this.hasOwnProperty(de("elementProperties")))return;let e=Kr(this);e.finalize(),e.l!==void 0&&(this.l=[...e.l]),this.elementProperties=new Map(e.elementProperties)}static finalize(){if(this.hasOwnProperty(de("finalized")))return;if(this.finalized=!0,this._$Ei(),this.hasOwnProperty(de("properties"))){let t=this.properties,r=[...Wr(t),...Br(t)];for(let i of r)this.createProperty(i,t[i])}let e=this[Symbol.metadata];if(e!==null){let t=litPropertyMetadata.get(e);if(t!==void 0)for(let[r,i]of t)this.elementProperties.set(r,i)}this._$Eh=new Map;for(let[t,r]of this.elementProperties){let i=this._$Eu(t,r);i!==void 0&&this._$Eh.set(i,t)}this.elementStyles=this.finalizeStyles(this.styles)}static finalizeStyles(e){let t=[];if(Array.isArray(e)){let r=new Set(e.flat(1/0).reverse());for(let i of r)t.unshift(ct(i))}else e!==void 0&&t.push(ct(e));return t}static _$Eu(e,t){let r=t.attribute;return r===!1?void 0:typeof r=="string"?r:typeof e=="string"?e.toLowerCase():void 0}constructor(){super(),this._$Ep=void 0,this.isUpdatePending=!1,this.hasUpdated=!1,this._$Em=null,this._$Ev()}_$Ev(){this._$ES=new Promise(e=>this.enableUpdating=e),this._$AL=new Map,this._$E_(),this.requestUpdate(),this.constructor.l?.forEach(e=>e(this))}addController(e){(this._$EO??=new Set).add(e),this.renderRoot!==void 0&&this.isConnected&&e.hostConnected?.()}removeController(e){this._$EO?.delete(e)}_$E_(){let e=new Map,t=this.constructor.elementProperties;for(let r of t.keys())this.hasOwnProperty(r)&&(e.set(r,this[r]),delete this[r]);e.size>0&&(this._$Ep=e)}createRenderRoot(){let e=this.shadowRoot??this.attachShadow(this.constructor.shadowRootOptions);return Gt(e,this.constructor.elementStyles),e}connectedCallback(){this.renderRoot??=this.createRenderRoot(),this.enableUpdating(!0),this._$EO?.forEach(e=>e.hostConnected?.())}enableUpdating(e){}disconnectedCallback(){this._$EO?.forEach(e=>e.hostDisconnected?.())}attributeChangedCallback(e,t,r){this._$AK(e,r)}_$ET(e,t){let r=this.constructor.elementProperties.get(e),i=this.constructor._$Eu(e,r);if(i!==void 0&&r.reflect===!0){let o=(r.converter?.toAttribute!==void 0?r.converter:dt).toAttribute(t,r.type);this._$Em=e,o==null?this.removeAttribute(i):this.setAttribute(i,o),this._$Em=null}}_$AK(e,t){let r=this.constructor,i=r._$Eh.get(e);if(i!==void 0&&this._$Em!==i){let o=r.getPropertyOptions(i),s=typeof o.converter=="function"?{fromAttribute:o.converter}:o.converter?.fromAttribute!==void 0?o.converter:dt;this._$Em=i;let a=s.fromAttribute(t,o.type);this[i]=a??this._$Ej?.get(i)??a,this._$Em=null}}requestUpdate(e,t,r,i=!1,o){if(e!==void 0){let s=this.constructor;if(i===!1&&(o=this[e]),r??=s.getPropertyOptions(e),!((r.hasChanged??Kt)(o,t)||r.useDefault&&r.reflect&&o===this._$Ej?.get(e)&&!this.hasAttribute(s._$Eu(e,r))))return;this.C(e,t,r)}this.isUpdatePending===!1&&(this._$ES=this._$EP())}C(e,t,{useDefault:r,reflect:i,wrapped:o},s){r&&!(this._$Ej??=new Map).has(e)&&(this._$Ej.set(e,s??t??this[e]),o!==!0||s!==void 0)||(this._$AL.has(e)||(this.hasUpdated||r||(t=void 0),this._$AL.set(e,t)),i===!0&&this._$Em!==e&&(this._$Eq??=new Set).add(e))}async _$EP(){this.isUpdatePending=!0;try{await this._$ES}catch(t){Promise.reject(t)}let e=this.scheduleUpdate();return e!=null&&await e,!this.isUpdatePending}scheduleUpdate(){return this.performUpdate()}performUpdate(){if(!this.isUpdatePending)return;if(!this.hasUpdated){if(this.renderRoot??=this.createRenderRoot(),this._$Ep){for(let[i,o]of this._$Ep)this[i]=o;this._$Ep=void 0}let r=this.constructor.elementProperties;if(r.size>0)for(let[i,o]of r){let{wrapped:s}=o,a=this[i];s!==!0||this._$AL.has(i)||a===void 0||this.C(i,void 0,o,a)}}let e=!1,t=this._$AL;try{e=this.shouldUpdate(t),e?(this.willUpdate(t),this._$EO?.forEach(r=>r.hostUpdate?.()),this.update(t)):this._$EM()}catch(r){throw e=!1,this._$EM(),r}e&&this._$AE(t)}willUpdate(e){}_$AE(e){this._$EO?.forEach(t=>t.hostUpdated?.()),this.hasUpdated||(this.hasUpdated=!0,this.firstUpdated(e)),this.updated(e)}_$EM(){this._$AL=new Map,this.isUpdatePending=!1}get updateComplete(){return this.getUpdateComplete()}getUpdateComplete(){return this._$ES}shouldUpdate(e){return!0}update(e){this._$Eq&&=this._$Eq.forEach(t=>this._$ET(t,this[t])),this._$EM()}updated(e){}firstUpdated(e){}};A.elementStyles=[],A.shadowRootOptions={mode:"open"},A[de("elementProperties")]=new Map,A[de("finalized")]=new Map,qr?.({ReactiveElement:A}),(Ce.reactiveElementVersions??=[]).push("2.1.2");var pt=globalThis,jt=n=>n,Re=pt.trustedTypes,qt=Re?Re.createPolicy("lit-html",{createHTML:n=>n}):void 0,mt="$lit$",M=`lit$${Math.random().toFixed(9).slice(2)}$`,ht="?"+M,Zr=`<${ht}>`,z=document,pe=()=>z.createComment(""),me=n=>n===null||typeof n!="object"&&typeof n!="function",ft=Array.isArray,en=n=>ft(n)||typeof n?.[Symbol.iterator]=="function",ut=`[ 	
\f\r]`,ue=/<(?:(!--|\/[^a-zA-Z])|(\/?[a-zA-Z][^>\s]*)|(\/?$))/g,Zt=/-->/g,Yt=/>/g,F=RegExp(`>|${ut}(?:([^\\s"'>=/]+)(${ut}*=${ut}*(?:[^ 	
\f\r"'\`<>=]|("|')|))|$)`,"g"),Xt=/'/g,Qt=/"/g,tn=/^(?:script|style|textarea|title)$/i,gt=n=>(e,...t)=>({_$litType$:n,strings:e,values:t}),c=gt(1),g=gt(2),ks=gt(3),x=Symbol.for("lit-noChange"),d=Symbol.for("lit-nothing"),Jt=new WeakMap,V=z.createTreeWalker(z,129);function nn(n,e){if(!ft(n)||!n.hasOwnProperty("raw"))throw Error("invalid template strings array");return qt!==void 0?qt.createHTML(e):e}var rn=(n,e)=>{let t=n.length-1,r=[],i,o=e===2?"<svg>":e===3?"<math>":"",s=ue;for(let a=0;a<t;a++){let l=n[a],u,p,m=-1,h=0;for(;h<l.length&&(s.lastIndex=h,p=s.exec(l),p!==null);)h=s.lastIndex,s===ue?p[1]==="!--"?s=Zt:p[1]!==void 0?s=Yt:p[2]!==void 0?(tn.test(p[2])&&(i=RegExp("</"+p[2],"g")),s=F):p[3]!==void 0&&(s=F):s===F?p[0]===">"?(s=i??ue,m=-1):p[1]===void 0?m=-2:(m=s.lastIndex-p[2].length,u=p[1],s=p[3]===void 0?F:p[3]==='"'?Qt:Xt):s===Qt||s===Xt?s=F:s===Zt||s===Yt?s=ue:(s=F,i=void 0);let f=s===F&&n[a+1].startsWith("/>")?" ":"";o+=s===ue?l+Zr:m>=0?(r.push(u),l.slice(0,m)+mt+l.slice(m)+M+f):l+M+(m===-2?a:f)}return[nn(n,o+(n[t]||"<?>")+(e===2?"</svg>":e===3?"</math>":"")),r]},he=class n{constructor({strings:e,_$litType$:t},r){let i;this.parts=[];let o=0,s=0,a=e.length-1,l=this.parts,[u,p]=rn(e,t);if(this.el=n.createElement(u,r),V.currentNode=this.el.content,t===2||t===3){let m=this.el.content.firstChild;m.replaceWith(...m.childNodes)}for(;(i=V.nextNode())!==null&&l.length<a;){if(i.nodeType===1){if(i.hasAttributes())for(let m of i.getAttributeNames())if(m.endsWith(mt)){let h=p[s++],f=i.getAttribute(m).split(M),y=/([.?@])?(.*)/.exec(h);l.push({type:1,index:o,name:y[2],strings:f,ctor:y[1]==="."?Pe:y[1]==="?"?Ae:y[1]==="@"?Me:W}),i.removeAttribute(m)}else m.startsWith(M)&&(l.push({type:6,index:o}),i.removeAttribute(m));if(tn.test(i.tagName)){let m=i.textContent.split(M),h=m.length-1;if(h>0){i.textContent=Re?Re.emptyScript:"";for(let f=0;f<h;f++)i.append(m[f],pe()),V.nextNode(),l.push({type:2,index:++o});i.append(m[h],pe())}}}else if(i.nodeType===8)if(i.data===ht)l.push({type:2,index:o});else{let m=-1;for(;(m=i.data.indexOf(M,m+1))!==-1;)l.push({type:7,index:o}),m+=M.length-1}o++}}static createElement(e,t){let r=z.createElement("template");return r.innerHTML=e,r}};function G(n,e,t=n,r){if(e===x)return e;let i=r!==void 0?t._$Co?.[r]:t._$Cl,o=me(e)?void 0:e._$litDirective$;return i?.constructor!==o&&(i?._$AO?.(!1),o===void 0?i=void 0:(i=new o(n),i._$AT(n,t,r)),r!==void 0?(t._$Co??=[])[r]=i:t._$Cl=i),i!==void 0&&(e=G(n,i._$AS(n,e.values),i,r)),e}var Ee=class{constructor(e,t){this._$AV=[],this._$AN=void 0,this._$AD=e,this._$AM=t}get parentNode(){return this._$AM.parentNode}get _$AU(){return this._$AM._$AU}u(e){let{el:{content:t},parts:r}=this._$AD,i=(e?.creationScope??z).importNode(t,!0);V.currentNode=i;let o=V.nextNode(),s=0,a=0,l=r[0];for(;l!==void 0;){if(s===l.index){let u;l.type===2?u=new re(o,o.nextSibling,this,e):l.type===1?u=new l.ctor(o,l.name,l.strings,this,e):l.type===6&&(u=new Le(o,this,e)),this._$AV.push(u),l=r[++a]}s!==l?.index&&(o=V.nextNode(),s++)}return V.currentNode=z,i}p(e){let t=0;for(let r of this._$AV)r!==void 0&&(r.strings!==void 0?(r._$AI(e,r,t),t+=r.strings.length-2):r._$AI(e[t])),t++}},re=class n{get _$AU(){return this._$AM?._$AU??this._$Cv}constructor(e,t,r,i){this.type=2,this._$AH=d,this._$AN=void 0,this._$AA=e,this._$AB=t,this._$AM=r,this.options=i,this._$Cv=i?.isConnected??!0}get parentNode(){let e=this._$AA.parentNode,t=this._$AM;return t!==void 0&&e?.nodeType===11&&(e=t.parentNode),e}get startNode(){return this._$AA}get endNode(){return this._$AB}_$AI(e,t=this){e=G(this,e,t),me(e)?e===d||e==null||e===""?(this._$AH!==d&&this._$AR(),this._$AH=d):e!==this._$AH&&e!==x&&this._(e):e._$litType$!==void 0?this.$(e):e.nodeType!==void 0?this.T(e):en(e)?this.k(e):this._(e)}O(e){return this._$AA.parentNode.insertBefore(e,this._$AB)}T(e){this._$AH!==e&&(this._$AR(),this._$AH=this.O(e))}_(e){this._$AH!==d&&me(this._$AH)?this._$AA.nextSibling.data=e:this.T(z.createTextNode(e)),this._$AH=e}$(e){let{values:t,_$litType$:r}=e,i=typeof r=="number"?this._$AC(e):(r.el===void 0&&(r.el=he.createElement(nn(r.h,r.h[0]),this.options)),r);if(this._$AH?._$AD===i)this._$AH.p(t);else{let o=new Ee(i,this),s=o.u(this.options);o.p(t),this.T(s),this._$AH=o}}_$AC(e){let t=Jt.get(e.strings);return t===void 0&&Jt.set(e.strings,t=new he(e)),t}k(e){ft(this._$AH)||(this._$AH=[],this._$AR());let t=this._$AH,r,i=0;for(let o of e)i===t.length?t.push(r=new n(this.O(pe()),this.O(pe()),this,this.options)):r=t[i],r._$AI(o),i++;i<t.length&&(this._$AR(r&&r._$AB.nextSibling,i),t.length=i)}_$AR(e=this._$AA.nextSibling,t){for(this._$AP?.(!1,!0,t);e!==this._$AB;){let r=jt(e).nextSibling;jt(e).remove(),e=r}}setConnected(e){this._$AM===void 0&&(this._$Cv=e,this._$AP?.(e))}},W=class{get tagName(){return this.element.tagName}get _$AU(){return this._$AM._$AU}constructor(e,t,r,i,o){this.type=1,this._$AH=d,this._$AN=void 0,this.element=e,this.name=t,this._$AM=i,this.options=o,r.length>2||r[0]!==""||r[1]!==""?(this._$AH=Array(r.length-1).fill(new String),this.strings=r):this._$AH=d}_$AI(e,t=this,r,i){let o=this.strings,s=!1;if(o===void 0)e=G(this,e,t,0),s=!me(e)||e!==this._$AH&&e!==x,s&&(this._$AH=e);else{let a=e,l,u;for(e=o[0],l=0;l<o.length-1;l++)u=G(this,a[r+l],t,l),u===x&&(u=this._$AH[l]),s||=!me(u)||u!==this._$AH[l],u===d?e=d:e!==d&&(e+=(u??"")+o[l+1]),this._$AH[l]=u}s&&!i&&this.j(e)}j(e){e===d?this.element.removeAttribute(this.name):this.element.setAttribute(this.name,e??"")}},Pe=class extends W{constructor(){super(...arguments),this.type=3}j(e){this.element[this.name]=e===d?void 0:e}},Ae=class extends W{constructor(){super(...arguments),this.type=4}j(e){this.element.toggleAttribute(this.name,!!e&&e!==d)}},Me=class extends W{constructor(e,t,r,i,o){super(e,t,r,i,o),this.type=5}_$AI(e,t=this){if((e=G(this,e,t,0)??d)===x)return;let r=this._$AH,i=e===d&&r!==d||e.capture!==r.capture||e.once!==r.once||e.passive!==r.passive,o=e!==d&&(r===d||i);i&&this.element.removeEventListener(this.name,this,r),o&&this.element.addEventListener(this.name,this,e),this._$AH=e}handleEvent(e){typeof this._$AH=="function"?this._$AH.call(this.options?.host??this.element,e):this._$AH.handleEvent(e)}},Le=class{constructor(e,t,r){this.element=e,this.type=6,this._$AN=void 0,this._$AM=t,this.options=r}get _$AU(){return this._$AM._$AU}_$AI(e){G(this,e)}},on={M:mt,P:M,A:ht,C:1,L:rn,R:Ee,D:en,V:G,I:re,H:W,N:Ae,U:Me,B:Pe,F:Le},Yr=pt.litHtmlPolyfillSupport;Yr?.(he,re),(pt.litHtmlVersions??=[]).push("3.3.3");var sn=(n,e,t)=>{let r=t?.renderBefore??e,i=r._$litPart$;if(i===void 0){let o=t?.renderBefore??null;r._$litPart$=i=new re(e.insertBefore(pe(),o),o,void 0,t??{})}return i._$AI(n),i};var yt=globalThis,T=class extends A{constructor(){super(...arguments),this.renderOptions={host:this},this._$Do=void 0}createRenderRoot(){let e=super.createRenderRoot();return this.renderOptions.renderBefore??=e.firstChild,e}update(e){let t=this.render();this.hasUpdated||(this.renderOptions.isConnected=this.isConnected),super.update(e),this._$Do=sn(t,this.renderRoot,this.renderOptions)}connectedCallback(){super.connectedCallback(),this._$Do?.setConnected(!0)}disconnectedCallback(){super.disconnectedCallback(),this._$Do?.setConnected(!1)}render(){return x}};T._$litElement$=!0,T.finalized=!0,yt.litElementHydrateSupport?.({LitElement:T});var Xr=yt.litElementPolyfillSupport;Xr?.({LitElement:T});(yt.litElementVersions??=[]).push("4.2.2");var L={ATTRIBUTE:1,CHILD:2,PROPERTY:3,BOOLEAN_ATTRIBUTE:4,EVENT:5,ELEMENT:6},He=n=>(...e)=>({_$litDirective$:n,values:e}),ie=class{constructor(e){}get _$AU(){return this._$AM._$AU}_$AT(e,t,r){this._$Ct=e,this._$AM=t,this._$Ci=r}_$AS(e,t){return this.update(e,t)}update(e,t){return this.render(...t)}};var{I:Qr}=on,an=n=>n;var cn=n=>n.strings===void 0,ln=()=>document.createComment(""),oe=(n,e,t)=>{let r=n._$AA.parentNode,i=e===void 0?n._$AB:e._$AA;if(t===void 0){let o=r.insertBefore(ln(),i),s=r.insertBefore(ln(),i);t=new Qr(o,s,n,n.options)}else{let o=t._$AB.nextSibling,s=t._$AM,a=s!==n;if(a){let l;t._$AQ?.(n),t._$AM=n,t._$AP!==void 0&&(l=n._$AU)!==s._$AU&&t._$AP(l)}if(o!==i||a){let l=t._$AA;for(;l!==o;){let u=an(l).nextSibling;an(r).insertBefore(l,i),l=u}}}return t},D=(n,e,t=n)=>(n._$AI(e,t),n),Jr={},Oe=(n,e=Jr)=>n._$AH=e,dn=n=>n._$AH,Ie=n=>{n._$AR(),n._$AA.remove()};var un=(n,e,t)=>{let r=new Map;for(let i=e;i<=t;i++)r.set(n[i],i);return r},pn=He(class extends ie{constructor(n){if(super(n),n.type!==L.CHILD)throw Error("repeat() can only be used in text expressions")}dt(n,e,t){let r;t===void 0?t=e:e!==void 0&&(r=e);let i=[],o=[],s=0;for(let a of n)i[s]=r?r(a,s):s,o[s]=t(a,s),s++;return{values:o,keys:i}}render(n,e,t){return this.dt(n,e,t).values}update(n,[e,t,r]){let i=dn(n),{values:o,keys:s}=this.dt(e,t,r);if(!Array.isArray(i))return this.ut=s,o;let a=this.ut??=[],l=[],u,p,m=0,h=i.length-1,f=0,y=o.length-1;for(;m<=h&&f<=y;)if(i[m]===null)m++;else if(i[h]===null)h--;else if(a[m]===s[f])l[f]=D(i[m],o[f]),m++,f++;else if(a[h]===s[y])l[y]=D(i[h],o[y]),h--,y--;else if(a[m]===s[y])l[y]=D(i[m],o[y]),oe(n,l[y+1],i[m]),m++,y--;else if(a[h]===s[f])l[f]=D(i[h],o[f]),oe(n,i[m],i[h]),h--,f++;else if(u===void 0&&(u=un(s,f,y),p=un(a,m,h)),u.has(a[m]))if(u.has(a[h])){let _=p.get(s[f]),le=_!==void 0?i[_]:null;if(le===null){let Ft=oe(n,i[m]);D(Ft,o[f]),l[f]=Ft}else l[f]=D(le,o[f]),oe(n,i[m],le),i[_]=null;f++}else Ie(i[h]),h--;else Ie(i[m]),m++;for(;f<=y;){let _=oe(n,l[y+1]);D(_,o[f]),l[f++]=_}for(;m<=h;){let _=i[m++];_!==null&&Ie(_)}return this.ut=s,Oe(n,l),x}});var b="twc_manager",E="https://github.com/twc-manager/twc-manager";function mn(n,e,t={}){n.dispatchEvent(new CustomEvent(e,{detail:t,bubbles:!0,composed:!0}))}function De(n){return n!==void 0&&n.state!=="unavailable"&&n.state!=="unknown"}var ei=["binary_sensor.cable","binary_sensor.charging","binary_sensor.connection","binary_sensor.problem","event.session","number.charge_below_price","number.charge_limit","number.grid_share","number.priority","number.reserved_power","number.total_current_limit","select.mode","select.own_mode","sensor.charge_now_until","sensor.current","sensor.energy_battery","sensor.energy_green","sensor.energy_grid","sensor.green_power","sensor.lifetime_energy","sensor.limited_by","sensor.month_cost","sensor.next_change","sensor.offered_current","sensor.power","sensor.price","sensor.rating","sensor.rule","sensor.session_cost","sensor.session_energy","sensor.session_started","sensor.status","sensor.total_current","sensor.total_power","sensor.vehicle","sensor.year_cost","switch.charge","switch.charge_now","switch.pause_plans","switch.plan","switch.skip_plan"],ti=/^(?<entryId>[^_.]+)_(?<id>[0-9A-F]{4})$/,ni=new Set(ei),Ne;function N(n){return(Ne===void 0||!ri(Ne,n))&&(Ne=ii(n)),Ne.buses}function ri(n,e){return n.entities===e.entities&&n.devices===e.devices&&!n.unnamed.some(t=>e.states[t]!==void 0)}function S(n,e){let t=N(n);return e===void 0?t.flatMap(r=>r.connectors):t.find(r=>r.deviceId===e)?.connectors??t.flatMap(r=>r.connectors).filter(r=>r.deviceId===e)}function B(n,e){let t=N(n);return e===void 0?t:t.filter(r=>r.deviceId===e||r.connectors.some(i=>i.deviceId===e))}function hn(n){return n.name_by_user??n.name??""}function ii(n){let e=Object.values(n.entities).filter(t=>t.platform===b&&!t.hidden);return{entities:n.entities,devices:n.devices,buses:oi(n,si(n,e)),unnamed:e.filter(t=>!t.translation_key&&n.states[t.entity_id]===void 0).map(t=>t.entity_id)}}function oi(n,e){let t=new Map,r=[];for(let i of Object.values(n.devices)){let o=i.identifiers.find(([l])=>l===b)?.[1];if(o===void 0||o.includes("."))continue;let s=ti.exec(o)?.groups;if(s===void 0){t.set(o,{device:i,connectors:[]});continue}let a=e.get(i.id)??new Map;r.push([s.entryId,{deviceId:i.id,id:s.id,name:hn(i),entities:a}])}for(let[i,o]of r)t.get(i)?.connectors.push(o);return[...t].map(([i,{device:o,connectors:s}])=>({entryId:i,deviceId:o.id,name:hn(o),entities:e.get(o.id)??new Map,connectors:s.sort(fn)})).sort(fn)}function fn(n,e){return n.name.localeCompare(e.name,void 0,{numeric:!0})||n.deviceId.localeCompare(e.deviceId)}function si(n,e){let t=new Map;for(let r of e){if(!r.device_id)continue;let i=fe(n,r);if(i===void 0)continue;let o=t.get(r.device_id);o===void 0&&t.set(r.device_id,o=new Map),o.set(i,r.entity_id)}return t}function fe(n,e){let t=e.entity_id.split(".",1)[0],r=e.translation_key??n.states[e.entity_id]?.attributes.device_class,i=`${t}.${r}`;return ni.has(i)?i:void 0}var ai="twc_manager/subscribe";var bt=class{constructor(e,t){this.connection=e;this.language=t}connection;language;listeners=new Set;live;failure;unsubscribe;attempt=0;timer;running=!1;add(e){return this.listeners.add(e),(this.live!==void 0||this.failure!==void 0)&&e(this.live,this.failure),this.running||this.start(),()=>{this.listeners.delete(e),this.listeners.size===0&&setTimeout(()=>this.listeners.size===0&&this.stop(),5e3)}}start(){this.running=!0,this.connection.addEventListener("ready",this.subscribe),this.subscribe()}stop(){this.running&&(this.running=!1,this.connection.removeEventListener("ready",this.subscribe),this.end(),this.live=this.failure=void 0)}end(){this.attempt+=1,clearTimeout(this.timer);let e=this.unsubscribe;this.unsubscribe=void 0,e!==void 0&&Promise.resolve(e()).catch(()=>{})}subscribe=()=>{this.unsubscribe=void 0,this.end();let e=this.attempt;this.connection.subscribeMessage(t=>e===this.attempt&&this.publish(li(this.live,t),void 0),{type:ai,language:this.language},{resubscribe:!1}).then(t=>{e===this.attempt?this.unsubscribe=t:t()},t=>e===this.attempt&&this.failed(t))};failed(e){let t=e?.code;this.publish(void 0,t==="unauthorized"?"refused":"not_loaded"),t!=="unauthorized"&&(this.timer=setTimeout(this.subscribe,5e3))}publish(e,t){this.live=e,this.failure=t;for(let r of[...this.listeners])r(e,t)}};function li(n,e){let t=e.buses.map(r=>({...ge(n,r.entry_id),...r}));return{...e,buses:t}}var gn=new WeakMap;function Ue(n,e){let t=gn.get(n.connection);return t?.language!==n.language&&(t=new bt(n.connection,n.language),gn.set(n.connection,t)),t.add(e)}function yn(n,e=import.meta.url){let t=new URL(e).searchParams.get("v");return n!==void 0&&t!==null&&t!==n.version}function bn(n,e){for(let t of n?.buses??[]){let r=t.connectors.find(i=>i.device_id===e);if(r!==void 0)return r}}function ge(n,e){return n?.buses.find(t=>t.entry_id===e)}var ci=`component.${b}.config_panel.`,ye,vt;function K(n){if(ye?.language!==n.language){let e=di(n);ye={language:n.language,texts:e},e.catch(()=>{ye?.texts===e&&(ye=void 0)})}return ye.texts}function j(){return vt}async function di(n){let e=await n.loadBackendTranslation("config_panel",b);return vt=(t,r)=>e(ci+t,r),vt}var xt=new Set,v=class extends T{static properties={config:{state:!0},live:{state:!0},failure:{state:!0},texts:{state:!0}};static styles=k`
    :host {
      display: block;
      height: 100%;
    }
    ha-card {
      height: 100%;
      box-sizing: border-box;
      overflow: hidden;
    }
    .message {
      padding: 16px;
      color: var(--secondary-text-color);
    }
    .notice {
      display: flex;
      flex-wrap: wrap;
      align-items: center;
      gap: 8px;
      padding: 12px 16px;
      border-bottom: 1px solid var(--divider-color);
    }
    .notice button {
      font: inherit;
      color: var(--primary-color);
      background: none;
      border: 1px solid var(--divider-color);
      border-radius: 8px;
      padding: 8px 12px;
      min-height: 40px;
      cursor: pointer;
    }
  `;#e;#t;#n;static getConfigForm(){return ui()}static getStubConfig(){return{}}setConfig(e){let t=e?.device_id;if(t!=null&&typeof t!="string")throw new Error(j()?.("common.wrong_device")||"device_id has to be the id of a device");this.config=e}getCardSize(){return 4}getGridOptions(){return{columns:12,rows:"auto",min_columns:6}}get hass(){return this.#e}set hass(e){let t=this.#e;this.#e=e,e!==void 0&&((t===void 0||this.#s(t,e))&&this.requestUpdate(),this.#n!==e.language&&(this.#n=e.language,this.#o(e),this.#a()))}get deviceId(){return this.config?.device_id||void 0}get buses(){return this.#e===void 0?[]:N(this.#e)}connectedCallback(){super.connectedCallback(),xt.add(this),this.#a()}disconnectedCallback(){super.disconnectedCallback(),xt.delete(this),this.#t?.(),this.#t=void 0}render(){let e=this.#e,t=this.texts;return e===void 0||t===void 0||this.config===void 0?d:c`<ha-card>${this.#i(t)}${this.#r(e,t)}</ha-card>`}#r(e,t){return this.failure==="refused"?P(t("common.refused")):this.buses.length===0?P(t("common.no_bus")):this.content(e,t)}#i(e){return!yn(this.live)||[...xt][0]!==this?d:c`<div class="notice" role="status">
      <span>${e("common.reload_needed")}</span>
      <button type="button" @click=${()=>location.reload()}>${e("common.reload")}</button>
    </div>`}#s(e,t){if(e.locale!==t.locale||e.language!==t.language||e.themes!==t.themes||e.entities!==t.entities||e.devices!==t.devices)return!0;if(e.states===t.states)return!1;for(let r of this.shownEntities(t))if(e.states[r]!==t.states[r])return!0;return!1}async#o(e){let t=await K(e);e.language===this.#n&&(this.texts=t)}#a(){this.#t?.(),this.#t=void 0,!(this.#e===void 0||!this.isConnected)&&(this.#t=Ue(this.#e,(e,t)=>{this.live=e,this.failure=t}))}};function P(n){return c`<div class="message">${n}</div>`}function ui(){return{schema:[{name:"device_id",selector:{device:{integration:b}}}],computeLabel:()=>j()?.("common.device")??"",computeHelper:()=>j()?.("common.device_helper")??""}}var vn=k`
  .connectors {
    display: grid;
    grid-template-columns: repeat(auto-fit, minmax(min(320px, 100%), 1fr));
    gap: 1px;
    height: 100%;
    background: var(--divider-color);
  }
  twc-manager-connector-panel {
    display: block;
    container-type: inline-size;
    background: var(--ha-card-background, var(--card-background-color));
  }
  .connector {
    --tint: var(--primary-color);
    --field: color-mix(in srgb, var(--primary-text-color) 6%, transparent);
    --line: color-mix(in srgb, var(--primary-text-color) 14%, transparent);
    padding: 16px;
    color: var(--primary-text-color);
    overflow-wrap: anywhere;
  }
  .column {
    display: grid;
    gap: 12px;
    align-content: start;
    min-width: 0;
  }
  .columns {
    display: grid;
    gap: 12px 24px;
  }
  header {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    justify-content: space-between;
    gap: 4px 12px;
  }
  h2 {
    margin: 0;
    font-size: 1rem;
    font-weight: 500;
    color: var(--secondary-text-color);
  }
  .name {
    padding: 4px 8px;
    margin: -4px -8px;
    font: inherit;
    color: inherit;
    text-align: start;
    background: none;
    border: none;
  }
  .vehicle {
    display: flex;
    flex-wrap: wrap;
    gap: 4px 12px;
  }
  .level {
    display: inline-flex;
    align-items: center;
    gap: 6px;
    color: var(--secondary-text-color);
  }
  .battery {
    width: 48px;
    height: 10px;
  }
  .battery .track {
    fill: var(--line);
  }
  .battery .filled {
    fill: var(--state-sensor-battery-high-color, var(--primary-color));
  }
  .battery .target {
    stroke: var(--primary-text-color);
    stroke-width: 3;
  }
  .statement {
    margin: 0;
    font-size: 1.25rem;
    font-weight: 500;
    line-height: 1.35;
  }
  .statement ha-icon {
    --mdc-icon-size: 24px;
    margin-inline-end: 8px;
    color: var(--warning-color);
  }
  .soon {
    font-size: 0.9rem;
    font-weight: 400;
    color: var(--secondary-text-color);
    white-space: nowrap;
  }
  .now {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    justify-content: space-between;
    gap: 8px 16px;
  }
  .gauge {
    flex: 1 1 150px;
    max-width: 240px;
    margin-inline: auto;
  }
  .gauge svg {
    display: block;
    width: 100%;
  }
  .gauge path {
    fill: none;
  }
  .gauge .track {
    stroke: var(--line);
  }
  .gauge .offered {
    stroke: color-mix(in srgb, var(--tint) 40%, transparent);
  }
  .gauge .drawn {
    stroke: var(--tint);
  }
  .gauge .limit {
    stroke: var(--primary-text-color);
    stroke-width: 3;
    stroke-linecap: round;
  }
  .gauge .amps {
    font-size: 30px;
    font-weight: 500;
    fill: var(--primary-text-color);
  }
  .gauge .power {
    font-size: 16px;
    fill: var(--secondary-text-color);
  }
  .legend {
    display: flex;
    flex-wrap: wrap;
    justify-content: center;
    gap: 2px 10px;
    font-size: 0.8rem;
    color: var(--secondary-text-color);
  }
  .legend b {
    font-weight: 500;
    color: var(--primary-text-color);
    white-space: nowrap;
  }
  .legend i {
    display: inline-block;
    margin-inline-end: 4px;
    vertical-align: middle;
  }
  .legend i.offered {
    width: 10px;
    height: 10px;
    border-radius: 50%;
    background: color-mix(in srgb, var(--tint) 40%, transparent);
  }
  .legend i.limit {
    width: 3px;
    height: 12px;
    border-radius: 2px;
    background: var(--primary-text-color);
  }
  .facts {
    flex: 1 1 112px;
    display: grid;
    gap: 6px;
    margin: 0;
  }
  .facts div {
    display: flex;
    justify-content: space-between;
    gap: 8px;
  }
  dt {
    color: var(--secondary-text-color);
  }
  dd {
    margin: 0;
    font-weight: 500;
    text-align: end;
  }
  button,
  select,
  input {
    font: inherit;
    color: inherit;
    border-radius: 12px;
  }
  button:not(.name),
  select,
  input:not([type="range"]) {
    min-height: 44px;
    box-sizing: border-box;
    padding: 0 12px;
    background: var(--field);
    border: 1px solid transparent;
  }
  button,
  select {
    cursor: pointer;
  }
  option {
    color: var(--primary-text-color);
    background: var(--card-background-color);
  }
  button:focus-visible,
  select:focus-visible,
  input:focus-visible {
    outline: 2px solid var(--primary-text-color);
    outline-offset: 2px;
  }
  button[aria-disabled="true"] {
    opacity: 0.4;
    cursor: default;
  }
  .actions {
    display: flex;
    gap: 8px;
  }
  .action {
    flex: 1 1 0;
    min-width: min-content;
    display: flex;
    align-items: center;
    justify-content: center;
    gap: 8px;
    min-height: 52px !important;
    overflow-wrap: normal;
    text-align: start;
    font-weight: 500;
  }
  .action.charge_now.on {
    flex-grow: 1.5;
  }
  .action ha-icon {
    flex: none;
  }
  .action .label,
  .action .detail {
    display: block;
  }
  .detail {
    font-size: 0.8rem;
    font-weight: 400;
    color: var(--secondary-text-color);
  }
  .action.charge_now.on,
  .action.charge.off,
  .plan-form .main {
    background: color-mix(in srgb, var(--tint) 22%, transparent);
    border-color: var(--tint);
  }
  .row {
    display: grid;
    align-items: center;
    gap: 4px 12px;
  }
  .mode {
    grid-template-columns: auto minmax(0, 1fr);
  }
  .mode select {
    width: 100%;
    text-overflow: ellipsis;
  }
  .limit.row {
    grid-template-columns: 1fr auto;
  }
  .limit output {
    font-weight: 500;
  }
  .steps {
    grid-column: 1 / -1;
    display: flex;
    align-items: center;
    gap: 8px;
  }
  .steps input {
    flex: 1;
    min-width: 0;
    height: 44px;
    margin: 0;
    appearance: none;
    background: none;
    cursor: pointer;
  }
  .steps input::-webkit-slider-runnable-track {
    height: 8px;
    border-radius: 4px;
    background: linear-gradient(to right, var(--tint) var(--share), var(--line) var(--share));
  }
  .steps input::-webkit-slider-thumb {
    appearance: none;
    width: 24px;
    height: 24px;
    margin-top: -8px;
    border-radius: 50%;
    background: var(--tint);
  }
  .steps input::-moz-range-track {
    height: 8px;
    border-radius: 4px;
    background: var(--line);
  }
  .steps input::-moz-range-progress {
    height: 8px;
    border-radius: 4px;
    background: var(--tint);
  }
  .steps input::-moz-range-thumb {
    width: 24px;
    height: 24px;
    border: none;
    border-radius: 50%;
    background: var(--tint);
  }
  .step {
    flex: none;
    width: 44px;
    padding: 0 !important;
  }
  .plan.row {
    grid-template-columns: auto minmax(0, 1fr) auto;
  }
  .plan > ha-icon {
    color: var(--secondary-text-color);
  }
  .plan-words span {
    display: block;
  }
  .plan-words.problem .detail {
    color: var(--primary-text-color);
    font-weight: 500;
    border-inline-start: 3px solid var(--warning-color);
    padding-inline-start: 6px;
  }
  .plan-form {
    display: flex;
    flex-wrap: wrap;
    align-items: end;
    gap: 8px;
  }
  .plan-form label {
    flex: 1 1 84px;
    min-width: 0;
    display: grid;
    gap: 2px;
    font-size: 0.8rem;
    color: var(--secondary-text-color);
  }
  .plan-form input,
  .plan-form select {
    width: 100%;
    font-size: 1rem;
    color: var(--primary-text-color);
  }
  .plan-form .unit {
    align-self: end;
    line-height: 44px;
  }
  .plan-form .buttons {
    flex: 1 1 100%;
    display: flex;
    gap: 8px;
  }
  .plan-form .buttons button {
    flex: 1;
  }
  .refusal {
    display: flex;
    align-items: center;
    gap: 8px;
    padding: 4px 4px 4px 12px;
    border-radius: 12px;
    border: 1px solid var(--error-color);
    background: color-mix(in srgb, var(--error-color) 12%, transparent);
  }
  .refusal span {
    flex: 1;
  }
  .refusal button {
    flex: none;
    width: 44px;
    padding: 0;
    background: none;
  }
  [aria-busy="true"] {
    border-color: var(--tint) !important;
    border-style: dashed !important;
  }
  input[type="range"][aria-busy="true"],
  .plan[aria-busy="true"] {
    opacity: 0.7;
  }
  @media (prefers-reduced-motion: no-preference) {
    .gauge path,
    .gauge .limit,
    .battery .filled {
      transition: all 200ms ease-out;
    }
    [aria-busy="true"] {
      animation: taken 800ms ease-in-out infinite alternate;
    }
    @keyframes taken {
      to {
        opacity: 0.6;
      }
    }
  }
  @container (min-width: 640px) {
    .columns {
      grid-template-columns: minmax(0, 1fr) minmax(0, 1fr);
    }
  }
`;var $n="twc-manager-connector-card",pi=["number.charge_limit","select.own_mode","sensor.charge_now_until","sensor.current","sensor.offered_current","sensor.rating","sensor.status","sensor.vehicle","switch.charge","switch.charge_now"],mi=["select.mode"],hi=new Set(["sensor.status","number.charge_limit"]),Fe=class extends v{static styles=[v.styles,vn];static getStubConfig(e){let t=e===void 0?void 0:S(e)[0];return t===void 0?{}:{device_id:t.deviceId}}getCardSize(){return 9*Math.max(1,this.hass===void 0?1:S(this.hass,this.deviceId).length)}getGridOptions(){return{columns:12,rows:"auto",min_columns:6}}*shownEntities(e){for(let t of B(e,this.deviceId))yield*xn(t,mi);for(let t of S(e,this.deviceId))yield*xn(t,pi)}updated(e){super.updated(e),this.style.colorScheme=this.hass?.themes?.darkMode===!0?"dark":"light"}content(e,t){let r=S(e,this.deviceId);return r.length===0?P(t(B(e,this.deviceId).length===0?"common.device_gone":"connector_card.none")):c`<div class="connectors">
      ${pn(r,({deviceId:i})=>i,i=>this.#e(e,t,i))}
    </div>`}#e(e,t,r){return c`<twc-manager-connector-panel
      .hass=${e}
      .texts=${t}
      .bus=${B(e,r.deviceId)[0]}
      .connector=${r}
      .live=${this.live}
      .failure=${this.failure}
    ></twc-manager-connector-panel>`}};function xn(n,e){return e.flatMap(t=>n.entities.get(t)??[])}function fi(n,e){let t=n.entities[e];return t?.platform!==b||!t.device_id||!hi.has(fe(n,t)??"")?null:{config:{type:`custom:${$n}`,device_id:t.device_id}}}var wn={type:$n,name:"Wall connector",description:"What a wall connector does now, why, and what comes next; with its settings",preview:!0,documentationURL:E,getEntitySuggestion:fi};var _n=He(class extends ie{constructor(n){if(super(n),n.type!==L.PROPERTY&&n.type!==L.ATTRIBUTE&&n.type!==L.BOOLEAN_ATTRIBUTE)throw Error("The `live` directive is not allowed on child or event bindings");if(!cn(n))throw Error("`live` bindings can only contain a single expression")}render(n){return n}update(n,[e]){if(e===x||e===d)return e;let t=n.element,r=n.name;if(n.type===L.PROPERTY){if(e===t[r])return x}else if(n.type===L.BOOLEAN_ATTRIBUTE){if(!!e===t.hasAttribute(r))return x}else if(n.type===L.ATTRIBUTE&&t.getAttribute(r)===e+"")return x;return Oe(n),e}});var gi=[6,8,10,13,16,20,24,28,32,40,48,56,64,72,80,96,120,144,160,180,200,240];function $t({minimum:n,maximum:e}){let t=Math.floor(e);if(!(t>0))return[0];if(n===null)return[0,t];let r=Math.min(Math.ceil(n),t);return[0,...Array.from({length:t-r+1},(i,o)=>r+o)]}function Sn(n,e){let t=$t(n);if(t.length<=e)return t;let r=t[1],i=t.at(-1),o=gi.filter(a=>a>r&&a<i),s=new Set([0,r,i]);for(let a=1;a<e-2;a++){let l=r+(i-r)*a/(e-2);s.add(kn(o,l)??Math.round(l))}return[...s].sort((a,l)=>a-l)}function Tn(n,e){let t=kn(n,e);return t===void 0?0:n.indexOf(t)}function kn(n,e){return n.reduce((t,r)=>t===void 0||Math.abs(r-e)<Math.abs(t-e)?r:t,void 0)}var yi={comma_decimal:["en-US","en"],decimal_comma:["de","es","it"],space_comma:["fr","sv","cs"],quote_decimal:["de-CH"],none:["en-US"]},bi=6e4;function vi(n){if(n.number_format!=="system")return yi[n.number_format]??n.language}var Cn=new Map;function wt(n,e){let t=JSON.stringify(n),r=Cn.get(t);return r===void 0&&Cn.set(t,r=e()),r}function _t(n,e){let t=vi(n.locale),r=n.locale.number_format!=="none";return wt(["n",t,r,e],()=>new Intl.NumberFormat(t,{useGrouping:r,...e}))}function $(n,e,t=0,r=t){return _t(n,{minimumFractionDigits:r,maximumFractionDigits:t}).format(Number(e.toFixed(t))||0)}function C(n,e){return`${$(n,e,1,0)} A`}function se(n,e){return Math.abs(e)<999.5?`${$(n,e)} W`:`${$(n,e/1e3,Math.abs(e)<9995?2:1)} kW`}function q(n,e){return`${$(n,e,Math.abs(e)<99.95?1:0)} kWh`}function Z(n,e){return _t(n,{style:"percent",maximumFractionDigits:0}).format(e)}function H(n,e,t,r=2){if(!t)return $(n,e,r);let i={style:"currency",currency:t,minimumFractionDigits:r,maximumFractionDigits:r};try{return _t(n,i).format(e)}catch{return`${$(n,e,r)} ${t}`}}function be(n,e){let{language:t,time_format:r,time_zone:i}=n.locale,o=i==="server"?n.config.time_zone:void 0,s=r==="system"?void 0:t,a=e.hour===void 0||r!=="12"&&r!=="24"?{}:r==="12"?{hour12:!0}:{hourCycle:"h23"},l={...e,...a,...o?{timeZone:o}:{}};return wt(["d",s,l],()=>new Intl.DateTimeFormat(s,l))}function Y(n,e){return be(n,{hour:"numeric",minute:"2-digit"}).format(e)}function Ve(n,e){return be(n,{weekday:"short",hour:"numeric",minute:"2-digit"}).format(e)}function Rn(n,e){return be(n,{weekday:"short"}).format(e)}function En(n,e){return be(n,{month:"long",year:"numeric"}).format(e)}function Pn(n,e){return be(n,{day:"numeric",month:"short",hour:"numeric",minute:"2-digit"}).format(e)}function X(n,e){let t=Math.max(0,Math.ceil(e/bi)),r=(o,s)=>wt(["u",n.locale.language,s],()=>new Intl.NumberFormat(n.locale.language,{style:"unit",unit:s,unitDisplay:"short"})).format(o),i=Math.floor(t/60);return i===0?r(t,"minute"):t%60===0?r(i,"hour"):`${r(i,"hour")} ${r(t%60,"minute")}`}function Q(n){return n.locale.time_zone==="server"?n.config.time_zone:Intl.DateTimeFormat().resolvedOptions().timeZone}function Ln(n){let e=xi(n),t=r=>Math.min(Math.max(r/e,0),1);return{track:Hn(1),offered:n.offered===null?null:An(t(n.offered)),drawn:n.drawn===null?null:An(t(n.drawn)),limit:n.limit===null?null:$i(t(n.limit)),scale:e}}function xi({drawn:n,offered:e,limit:t,maximum:r}){let i=[n,e,t,r].filter(s=>s!==null&&Number.isFinite(s)),o=Math.ceil(Math.max(0,...i));return o>0?o:16}function An(n){return n>0?Hn(n):null}function Hn(n){let e=ze(0,84),t=ze(n,84);return`M ${e.x} ${e.y} A 84 84 0 0 1 ${t.x} ${t.y}`}function $i(n){let e=ze(n,72),t=ze(n,84+16/2+4);return{x1:e.x,y1:e.y,x2:t.x,y2:t.y}}function ze(n,e){let t=Math.PI*(1-n);return{x:Mn(100+e*Math.cos(t)),y:Mn(100-e*Math.sin(t))}}function Mn(n){return Math.round(n*100)/100}function On(n){return n===null?d:c`<div class="vehicle">
    <span class="vehicle-name">${n.name}</span>
    ${n.words===null?d:c`<span class="level">${Si(n)}${n.words}</span>`}
  </div>`}function Si({level:n,target:e}){let t=100*Math.min(Math.max(n??0,0),1);return c`<svg class="battery" viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true">
    <rect class="track" width="100" height="10" rx="2"></rect>
    <rect class="filled" width=${t} height="10" rx="2"></rect>
    ${e===null||e>=1?d:g`<line class="target" x1=${100*e} x2=${100*e} y1="0" y2="10"></line>`}
  </svg>`}function In(n){if(n===null)return d;let{track:e,offered:t,drawn:r,limit:i}=n.shapes;return c`<div class="gauge">
    <svg viewBox="0 0 ${200} ${112}" role="img" aria-label=${n.words}>
      <path class="track" d=${e} stroke-width=${16}></path>
      ${t===null?d:g`<path class="offered" d=${t} stroke-width=${16}></path>`}
      ${r===null?d:g`<path class="drawn" d=${r} stroke-width=${16}></path>`}
      ${i===null?d:g`<line class="limit" x1=${i.x1} y1=${i.y1} x2=${i.x2} y2=${i.y2}></line>`}
      <text class="amps" x="100" y="76" text-anchor="middle">${n.drawn}</text>
      <text class="power" x="100" y="98" text-anchor="middle">${n.power??""}</text>
    </svg>
    <div class="legend" aria-hidden="true">
      ${n.facts.map(({label:o,value:s},a)=>c`<span><i class=${a===0?"offered":"limit"}></i>${o} <b>${s}</b></span>`)}
    </div>
  </div>`}function Dn(n){return n.length===0?d:c`<dl class="facts">
    ${n.map(({label:e,value:t})=>c`<div><dt>${e}</dt><dd>${t}</dd></div>`)}
  </dl>`}var Tt={percent:{minimum:1,maximum:100,step:1},kwh:{minimum:.1,maximum:1e3,step:.1}},Ti={percent:"level",kwh:"energy"},ki=/^([01]\d|2[0-3]):[0-5]\d$/;function Un({kind:n,amount:e,time:t}){let{minimum:r,maximum:i}=Tt[n];return e>=r&&e<=i&&(n!=="percent"||Number.isInteger(e))&&ki.test(t)?{[Ti[n]]:e,time:`${t}:00`}:null}function Ci(n){return`set_${n}`}function kt(n,e){return n.plan_id===Ci(e)}function Fn(n,e,t){return(n?.plans??[]).filter(i=>i.connector===e&&i.enabled&&i.state!=="off").reduce((i,o)=>i===null||Nn(o,t)<Nn(i,t)?o:i,null)}function Nn(n,e){return`${kt(n,e)?0:1} ${n.ready??"~"}`}var Vn={percent:"%",kwh:"kWh"},Ri={percent:80,kwh:10},Ei="07:00";function Ge(n){return{kind:n,amount:Ri[n],time:Ei}}function zn(n){let{texts:e,wish:t,busy:r,change:i}=n,o=Tt[t.kind];return c`<form class="plan-form" @submit=${s=>Ai(s,n)}>
    <label>
      <span>${e("connector_card.ready_at")}</span>
      <input
        type="time"
        name="time"
        required
        .value=${t.time}
        @input=${s=>i({...t,time:Ct(s)})}
      />
    </label>
    <label>
      <span>${e("connector_card.goal")}</span>
      <input
        type="number"
        name="amount"
        inputmode="decimal"
        required
        min=${o.minimum}
        max=${o.maximum}
        step=${o.step}
        .value=${Number.isNaN(t.amount)?"":String(t.amount)}
        @input=${s=>i({...t,amount:Number.parseFloat(Ct(s))})}
      />
    </label>
    ${Pi(n)}
    <div class="buttons">
      <button type="submit" class="main" aria-busy=${r?"true":d}>${e("connector_card.set_plan")}</button>
      <button type="button" @click=${n.close}>${e("connector_card.close")}</button>
    </div>
  </form>`}function Pi({texts:n,wish:e,kinds:t,change:r}){return t.length===1?c`<span class="unit">${Vn[e.kind]}</span>`:c`<label>
    <span>${n("connector_card.unit")}</span>
    <select
      name="unit"
      @change=${i=>r({...Ge(Ct(i)),time:e.time})}
    >
      ${t.map(i=>c`<option value=${i} .selected=${i===e.kind}>${Vn[i]}</option>`)}
    </select>
  </label>`}function Ai(n,{wish:e,submit:t}){n.preventDefault();let r=Un(e);r!==null&&t(r)}function Ct(n){return n.target.value}async function Gn(n,e,t){let r=typeof t=="object"&&t!==null?t:{};if(r.code==="unauthorized")return e("connector_card.unauthorized");let i=await Mi(n,r);return i||(typeof r.message=="string"&&r.message?r.message:e("connector_card.not_reached"))}async function Mi(n,e){let{translation_domain:t,translation_key:r,translation_placeholders:i}=e;if(!(typeof t!="string"||typeof r!="string"))try{return(await n.loadBackendTranslation("exceptions",t))(`component.${t}.exceptions.${r}.message`,i)}catch{return}}var We=class{constructor(e,t){this.host=e;this.explain=t;e.addController(this)}host;explain;refusal=null;#e=new Map;#t=new Set;hostDisconnected(){for(let e of this.#t)clearTimeout(e);this.#t.clear(),this.#e.clear()}isOpen(e){return this.#e.has(e)}shown(e,t){let r=this.#e.get(e);return r===void 0?t:(r.accepted&&r.wanted===t&&this.#e.delete(e),r.wanted)}async send(e,t,r){let i={wanted:t,accepted:!1};this.#e.set(e,i),this.refusal=null,this.host.requestUpdate();try{await r()}catch(o){return await this.#r(e,i,o),!1}return this.#n(e,i),!0}dismiss(){this.refusal=null,this.host.requestUpdate()}#n(e,t){if(this.#e.get(e)!==t)return;let r={...t,accepted:!0};this.#e.set(e,r);let i=setTimeout(()=>{this.#t.delete(i),this.#i(e,r)},2e3);this.#t.add(i),this.host.requestUpdate()}async#r(e,t,r){this.#i(e,t),this.refusal=await this.explain(r),this.host.requestUpdate()}#i(e,t){this.#e.get(e)===t&&(this.#e.delete(e),this.host.requestUpdate())}};var Li="bus",Rt="green",Hi=["grid","solar"];function Bn(n,e,t,r,i){return{chargeNow:Wn(n,t,"switch.charge_now"),charge:Wn(n,t,"switch.charge"),mode:Oi(n,e,t,r),limit:Ni(n,t,i)}}function R(n,e,t){let r=e?.entities.get(t),i=r===void 0?void 0:n.states[r];return De(i)?i:void 0}function ve(n,e,t){let r=Number.parseFloat(R(n,e,t)?.state??"");return Number.isFinite(r)?r:null}function Wn(n,e,t){let r=R(n,e,t);return r===void 0?null:{entityId:r.entity_id,on:r.state==="on"}}function Oi(n,e,t,r){let i=R(n,t,"select.own_mode"),o=i?.attributes.options;if(i===void 0||!Array.isArray(o))return null;let s=o.filter(a=>a!==Rt||i.state===Rt||Ii(r)).map(a=>({value:a,name:Di(n,e,i,a)}));return{entityId:i.entity_id,mode:i.state,options:s}}function Ii(n){return n?.mode===Rt||Hi.some(e=>n?.meters[e]!==void 0)}function Di(n,e,t,r){let i=n.formatEntityState(t,r),o=r===Li?R(n,e,"select.mode"):void 0;return o===void 0?i:`${i} (${n.formatEntityState(o)})`}function Ni(n,e,t){let r=R(n,e,"number.charge_limit"),i=ve(n,e,"number.charge_limit"),o=r?.attributes.max;if(r===void 0||i===null||typeof o!="number")return null;let s=$t({minimum:t?.minimum??null,maximum:o});return{entityId:r.entity_id,amps:i,steps:s}}var Ui=new Set(["cannot_stop","disobeys","second_master","sensor_stale"]),Fi={away:"connector_card.away",offline:"connector_card.offline",not_loaded:"common.not_loaded"},Vi="–",zi=2*36e5;function Kn(n){let{hass:e,bus:t,connector:r,live:i}=n,o=t===void 0?void 0:ge(i,t.entryId),s={...n,ofBus:o,own:bn(i,r.deviceId)},a=Gi(s),l=Bn(e,t,r,o,s.own);return{presence:a,statement:Wi(s,a),tone:Bi(s,a),soon:a==="here"?Ki(s):null,vehicle:a==="here"?ji(s):null,gauge:a==="here"||a==="loading"?Zi(s,l):null,controls:l,chargeNowEnd:l.chargeNow?.on?Yi(s):null,plan:Qi(s),canPlan:o!==void 0&&o.state!=="not_loaded",levelKnown:s.own?.vehicle?.level!=null,session:a==="here"?Xi(s):[]}}function Gi({hass:n,connector:e,live:t,failure:r,ofBus:i,own:o}){if(r!==void 0)return"not_loaded";if(t===void 0)return"loading";if(i===void 0||i.state==="not_loaded")return"not_loaded";if(i.state==="offline")return"offline";let s=e.entities.get("sensor.status"),a=(s===void 0?void 0:n.states[s]?.state)??o?.status;return o===void 0||a==="unavailable"?"away":"here"}function Wi({hass:n,texts:e,connector:t,own:r},i){let o=Fi[i];if(o!==void 0)return e(o);if(r?.sentence)return r.sentence;let s=R(n,t,"sensor.status");return s===void 0?e("connector_card.loading"):n.formatEntityState(s)}function Bi({hass:n,connector:e,own:t},r){if(r==="loading")return"calm";if(r!=="here")return"problem";let i=R(n,e,"sensor.status")?.state??t?.status;return i==="error"||Ui.has(t?.reason??"")?"problem":i==="charging"?"charging":"calm"}function Ki({hass:n,texts:e,own:t,now:r}){if(!t?.next||!t.sentence?.endsWith(t.next.text))return null;let i=Date.parse(t.next.at)-r;return i>0&&i<=zi?e("connector_card.soon",{duration:X(n,i)}):null}function ji({hass:n,texts:e,connector:t,own:r}){if((R(n,t,"sensor.status")?.state??r?.status)==="disconnected")return{name:e("connector_card.no_vehicle"),level:null,target:null,words:null};let o=r?.vehicle?.name??R(n,t,"sensor.vehicle")?.state,{level:s=null,target:a=null}=r?.vehicle??{};if(!o&&s===null)return null;let l=u=>u===null?null:u/100;return{name:o||e("connector_card.vehicle"),level:l(s),target:l(a),words:qi(n,e,l(s),l(a))}}function qi(n,e,t,r){if(t===null)return null;let i={level:Z(n,t),target:Z(n,r??1)};return r===null||r>=1?i.level:e("connector_card.level_to",i)}function Zi({hass:n,texts:e,connector:t,own:r},i){let o=ve(n,t,"sensor.current")??r?.drawn??null,s=ve(n,t,"sensor.offered_current")??r?.offered??null,a=i.limit?.amps??r?.limit??null,l=i.limit?.steps.at(-1)??ve(n,t,"sensor.rating"),u=Ln({drawn:o,offered:s,limit:a,maximum:l}),p=(h,f=Vi)=>h===null?f:C(n,h),m=e("connector_card.unknown");return{shapes:u,drawn:p(o),power:r?.power==null?null:se(n,r.power),facts:[{label:e("connector_card.offered"),value:p(s)},{label:e("connector_card.limit"),value:p(a)}],words:e("connector_card.gauge",{drawn:p(o,m),offered:p(s,m),limit:p(a,m),maximum:p(u.scale)})}}function Yi({hass:n,texts:e,connector:t,own:r,now:i}){let o=R(n,t,"sensor.charge_now_until")?.state??r?.charge_now_until,s=o?Date.parse(o)-i:Number.NaN;return s>0?e("connector_card.ends_in",{duration:X(n,s)}):null}function Xi({hass:n,texts:e,ofBus:t,own:r,now:i}){let o=r?.session;if(!o)return[];let s=Math.max(0,i-Date.parse(o.started)),a=(l,u)=>u===null?[]:[{label:e(`connector_card.${l}`),value:u}];return[...a("charged",q(n,o.kwh)),...a("sun",o.sun===null?null:Z(n,o.sun)),...a("cost",o.cost===null?null:H(n,o.cost,t?.currency)),...a("time",Number.isNaN(s)?null:X(n,s))]}function Qi({hass:n,texts:e,connector:t,ofBus:r,now:i}){let o=Fn(r,t.deviceId,t.id);if(o===null)return null;let s=o.ready===null?null:Ve(n,new Date(o.ready)),a=[o.goal===null?null:Et(n,o.goal.kind,o.goal.value),Ji(n,e,o,i),o.cost===null||o.state==="reached"?null:H(n,o.cost,o.currency??r?.currency)];return{title:s===null?o.name:e("connector_card.ready_by",{time:s}),detail:a.filter(l=>l!==null).join(" · ")||null,problem:o.state==="unreachable",own:kt(o,t.id)}}function Et(n,e,t){return e==="percent"?Z(n,t/100):e==="kwh"?q(n,t):X(n,t*36e5)}function Ji(n,e,t,r){return t.state==="reached"?e("connector_card.plan_reached"):t.state==="unreachable"?eo(n,e,t):to(n,e,t,r)}function eo(n,e,t){let r=t.possible_percent!==null?Et(n,"percent",t.possible_percent):t.possible_kwh!==null?Et(n,"kwh",t.possible_kwh):null;return r===null?e("connector_card.plan_missed"):e("connector_card.plan_short",{amount:r})}function to(n,e,t,r){let i=no(t,r);if(i===null)return null;let o={start:Y(n,new Date(i.start)),end:Y(n,new Date(i.end))};return e(i.start<=r?"connector_card.slot_now":"connector_card.slot",o)}function no({slots:n},e){let t=null;for(let r of n){let[i,o]=[Date.parse(r.start),Date.parse(r.end)];if(!(o<=e))if(t===null)t={start:i,end:o};else if(i<=t.end)t.end=Math.max(t.end,o);else break}return t}var ro=15e3,Be=class extends T{static properties={hass:{attribute:!1},texts:{attribute:!1},bus:{attribute:!1},connector:{attribute:!1},live:{attribute:!1},failure:{attribute:!1},wish:{state:!0},dragged:{state:!0}};#e=new We(this,e=>Gn(this.hass,this.texts,e));#t;connectedCallback(){super.connectedCallback(),this.#t=setInterval(()=>this.requestUpdate(),ro)}disconnectedCallback(){super.disconnectedCallback(),clearInterval(this.#t)}createRenderRoot(){return this}updated(e){e.get("wish")===void 0&&e.has("wish")&&this.wish!==void 0&&this.querySelector(".plan-form input")?.focus()}render(){let{hass:e,texts:t,bus:r,connector:i,live:o,failure:s}=this;if(e===void 0||t===void 0||i===void 0)return d;let a=Kn({hass:e,texts:t,bus:r,connector:i,live:o,failure:s,now:Date.now()});return c`<section class="connector ${a.tone}" aria-label=${i.name}>
      <div class="columns">
        <div class="column">
          <header>
            <h2>${this.#n(i)}</h2>
            ${On(a.vehicle)}
          </header>
          ${this.#r(a)} ${this.#i(t)}
          ${a.gauge===null&&a.session.length===0?d:c`<div class="now">${In(a.gauge)}${Dn(a.session)}</div>`}
        </div>
        <div class="column">
          ${this.#s(t,a)} ${this.#a(t,a.controls.mode)}
          ${this.#p(e,t,a.controls.limit)} ${a.canPlan?this.#m(t,a):d}
        </div>
      </div>
    </section>`}#n(e){let t=e.entities.get("sensor.status");return t===void 0?c`${e.name}`:c`<button type="button" class="name" @click=${()=>mn(this,"hass-more-info",{entityId:t})}>
      ${e.name}
    </button>`}#r({statement:e,soon:t,tone:r}){return c`<p class="statement">
      ${r==="problem"?c`<ha-icon icon="mdi:alert-outline"></ha-icon>`:d}${e}
      ${t===null?d:c`<span class="soon">(${t})</span>`}
    </p>`}#i(e){let{refusal:t}=this.#e;return t===null?d:c`<div class="refusal" role="alert">
      <span>${t}</span>
      <button type="button" aria-label=${e("connector_card.dismiss")} @click=${()=>this.#e.dismiss()}>
        <ha-icon icon="mdi:close"></ha-icon>
      </button>
    </div>`}#s(e,{controls:t,chargeNowEnd:r}){let{chargeNow:i,charge:o}=t,s=o===null||this.#e.shown("charge",o.on),a=i!==null&&this.#e.shown("charge_now",i.on),l=i!==null&&(s||a);return!l&&o===null?d:c`<div class="actions">
      ${l?this.#o(e,"charge_now",i,a?["end_charge_now","flash-off"]:["charge_now","flash"],r):d}
      ${o===null?d:this.#o(e,"charge",o,s?["pause","pause"]:["resume","play"],null)}
    </div>`}#o(e,t,r,[i,o],s){let a=this.#e.shown(t,r.on),l=a?"turn_off":"turn_on";return c`<button
      type="button"
      class="action ${t} ${a?"on":"off"}"
      aria-busy=${this.#e.isOpen(t)?"true":d}
      @click=${()=>this.#l(t,!a,"switch",l,{},{entity_id:r.entityId})}
    >
      <ha-icon icon="mdi:${o}"></ha-icon>
      <span>
        <span class="label">${e(`connector_card.${i}`)}</span>
        ${s===null?d:c`<span class="detail">${s}</span>`}
      </span>
    </button>`}#a(e,t){if(t===null)return d;let r=this.#e.shown("mode",t.mode),i=o=>{let s=o.target.value;this.#l("mode",s,"select","select_option",{option:s},{entity_id:t.entityId})};return c`<label class="row mode">
      <span>${e("connector_card.mode")}</span>
      <select aria-busy=${this.#e.isOpen("mode")?"true":d} @change=${i}>
        ${t.options.map(({value:o,name:s})=>c`<option value=${o} .selected=${o===r}>${s}</option>`)}
      </select>
    </label>`}#p(e,t,r){if(r===null)return d;let{steps:i}=r,o=this.dragged??this.#e.shown("limit",r.amps),s=Tn(i,o),a=C(e,o),l=t("connector_card.charge_limit"),u=p=>i[Number(p.target.value)]??o;return c`<div class="row limit" role="group" aria-label=${l}>
      <span class="label">${l}</span>
      <output>${a}</output>
      <div class="steps">
        ${this.#c(t,"lower","minus",r,i[s-1])}
        <input
          type="range"
          min="0"
          max=${i.length-1}
          step="1"
          style="--share: ${100*s/Math.max(1,i.length-1)}%"
          .value=${_n(String(s))}
          aria-label=${l}
          aria-valuetext=${a}
          aria-busy=${this.#e.isOpen("limit")?"true":d}
          @input=${p=>this.dragged=u(p)}
          @change=${p=>this.#d(r,u(p))}
        />
        ${this.#c(t,"raise","plus",r,i[s+1])}
      </div>
    </div>`}#c(e,t,r,i,o){return c`<button
      type="button"
      class="step"
      aria-label=${e(`connector_card.${t}`)}
      aria-disabled=${o===void 0?"true":d}
      @click=${()=>o!==void 0&&this.#d(i,o)}
    >
      <ha-icon icon="mdi:${r}"></ha-icon>
    </button>`}#d({entityId:e},t){this.dragged=void 0,this.#l("limit",t,"number","set_value",{value:t},{entity_id:e})}#m(e,{plan:t,levelKnown:r}){let i=t?.own===!0,o=this.#e.shown("plan",i);return c`<div class="row plan" aria-busy=${this.#e.isOpen("plan")?"true":d}>
        <ha-icon icon="mdi:calendar-clock"></ha-icon>
        <div class="plan-words ${t?.problem?"problem":""}">
          <span>${t?.title??e("connector_card.no_plan")}</span>
          ${t?.detail?c`<span class="detail">${t.detail}</span>`:d}
        </div>
        ${i&&o?c`<button type="button" class="cancel-plan" @click=${this.#y}>${e("connector_card.cancel_plan")}</button>`:this.#u(e,r)}
      </div>
      ${this.wish===void 0?d:this.#f(e,r,this.wish)}`}#u(e,t){let r=this.wish!==void 0;return c`<button
      type="button"
      class="open-plan"
      aria-expanded=${r?"true":"false"}
      @click=${()=>this.wish=r?void 0:Ge(t?"percent":"kwh")}
    >
      ${e("connector_card.set_plan")}
    </button>`}#f(e,t,r){let i=t?["percent","kwh"]:["kwh"];return zn({texts:e,wish:i.includes(r.kind)?r:{...Ge("kwh"),time:r.time},kinds:i,busy:this.#e.isOpen("plan"),change:o=>this.wish=o,submit:o=>{this.#g(o)},close:()=>this.#h()})}async#g(e){await this.#l("plan",!0,b,"set_plan",e,{device_id:this.connector.deviceId})&&this.#h()}#y=()=>{this.#l("plan",!1,b,"cancel_plan",{},{device_id:this.connector.deviceId})};#h(){this.wish=void 0,this.updateComplete.then(()=>this.querySelector(".open-plan, .cancel-plan")?.focus())}#l(e,t,r,i,o,s){let a=this.hass;return this.#e.send(e,t,()=>a.callService(r,i,o,s,!1))}};var Ke=class extends v{shownEntities(e){return[]}content(e,t){return c`<h2>${t("flow_card.title")}</h2>`}},jn={type:"twc-manager-flow-card",name:"Power flow of the wall connectors",description:"Sun, house, grid, battery and wall connectors with their power",preview:!0,documentationURL:E};async function je(n,{ids:e,start:t,end:r,period:i}){return n.callWS({type:"recorder/statistics_during_period",statistic_ids:e,start_time:new Date(t).toISOString(),...r===void 0?{}:{end_time:new Date(r).toISOString()},period:i,types:["mean"],units:{power:"W"}})}function qe(n){return(n??[]).flatMap(({start:e,end:t,mean:r})=>typeof r=="number"&&Number.isFinite(r)?[{start:e,end:t,value:r}]:[])}var io=4*36e5;async function qn(n,e,t){let r=S(n,e).flatMap(({deviceId:o,entities:s})=>{let a=s.get("sensor.power");return a===void 0?[]:[{device:o,power:a}]});if(r.length===0)return new Map;let i=await je(n,{ids:r.map(({power:o})=>o),start:t-io,period:"5minute"});return new Map(r.map(({device:o,power:s})=>[o,qe(i[s])]))}var Zn=new Map;function oo(n){let e=Zn.get(n);return e||(e=new Intl.DateTimeFormat("en-CA",{timeZone:n,year:"numeric",month:"2-digit",day:"2-digit",hour:"2-digit",minute:"2-digit",hourCycle:"h23"}),Zn.set(n,e)),e}function J(n,e){let t=Object.fromEntries(oo(e).formatToParts(n).map(({type:r,value:i})=>[r,i]));return{day:`${t.year}-${t.month}-${t.day}`,hour:Number(t.hour),minute:Number(t.minute)}}function Ze(n,e,t,r){let i=[],o="";for(let s=Math.ceil(n/(15*6e4))*15*6e4;s<e;s+=15*6e4){let{day:a,hour:l,minute:u}=J(s,r),p=`${a} ${l}`;u===0&&l%t===0&&p!==o&&(i.push({at:s,hour:l,isDay:l===0}),o=p)}return i}function Yn(n,e){let{day:t}=J(n,e),r=Math.floor(n/(15*6e4))*15*6e4;for(;J(r,e).day===t;)r+=15*6e4;return r}function xe(n,e){return J(n,e).day.slice(0,7)}function Pt(n){let e=n.map(([r,i,o])=>({start:Date.parse(r),end:Date.parse(i),value:o})).filter(({start:r,end:i,value:o})=>i>r&&Number.isFinite(o)).sort((r,i)=>r.start-i.start),t=-1/0;return e.filter(r=>r.start<t?!1:(t=r.end,!0))}function O(n,e){return n.filter(t=>t.end>e.start&&t.start<e.end).map(t=>({...t,start:Math.max(t.start,e.start),end:Math.min(t.end,e.end)}))}function At(n){let e=[];for(let t of n){let r=e.at(-1);r&&r.end===t.start&&r.value===t.value?e[e.length-1]={...r,end:t.end}:e.push(t)}return e}function U(n,e){let t=0,r=0;for(let{start:i,end:o,value:s}of O(n,e))t+=o-i,r+=(o-i)*s;return t>0?r/t:null}function $e(n,e){return n.find(t=>t.start<=e&&e<t.end)}function we(n){let e=[];for(let t of n){let r=e.at(-1);r?.at(-1)?.end===t.start?r.push(t):e.push([t])}return e}var Mt=.02;function Xn(n,e,t){if(e.state==="unreachable")return{kind:"late"};let r=U(t.prices,n);if(t.prices.length===0)return{kind:"no_prices"};let i=so(n,r,t.sun);if(i!==null)return{kind:"sun",watts:i};if(e.strategy==="latest")return{kind:"latest"};if(!n.known||r===null)return{kind:"estimated"};if(r<0)return{kind:"paid"};let o=lo(e,n,t.now),s=U(t.prices,o);return s!==null&&r<s-Math.abs(s)*Mt?{kind:"cheap",price:r,mean:s}:e.strategy==="one_block"?{kind:"block"}:{kind:ao(O(t.prices,o))?"same":"needed"}}function so(n,e,t){let r=U(t,n);return r===null||r<100?null:e===null||n.price===null||n.price<e-Math.abs(e)*Mt?r:null}function ao(n){let e=n.map(r=>r.value),t=Math.max(...e);return t-Math.min(...e)<=Math.abs(t)*Mt}function lo(n,e,t){let r=n.ready===null?NaN:Date.parse(n.ready);return{start:t,end:Number.isFinite(r)?Math.max(r,e.end):e.end}}function Jn(n){let e=n.slots.map(co).filter(t=>t.end>t.start).sort((t,r)=>t.start-r.start);return we(e).flatMap(uo).map(t=>po(n.plan_id,t))}function co(n){return{...n,start:Date.parse(n.start),end:Date.parse(n.end)}}function uo(n){let e=[];for(let t of n){let r=e.at(-1);r?.at(-1)?.known===t.known?r.push(t):e.push([t])}return e}function po(n,e){let t=Qn(e.map(s=>s.kwh)),r=Qn(e.map(s=>s.cost)),i=e.map(s=>s.amps),o=e[0];return{id:`${n} ${o.start}`,start:o.start,end:e.at(-1).end,amps:{minimum:Math.min(...i),maximum:Math.max(...i)},kwh:t,cost:r,price:t!==null&&r!==null&&t>0?r/t:null,known:o.known,slots:e}}function Qn(n){let e=0;for(let t of n){if(t===null)return null;e+=t}return e}var ee=36e5,mo=24,ho=48,fo=3,go=12;function nr(n,e){let t=n.connectors.filter(l=>er(n,l.device_id,e)),r=n.plans.filter(l=>er(n,l.connector,e)).sort(yo),i=At(Pt(n.prices)),o=At(Pt(n.forecast)),s=bo(r,i,t,e),a=vo(r,t,{prices:i,sun:o,span:s,context:e});return{entryId:n.entry_id,title:n.title,span:s,now:e.now,currency:n.currency,prices:O(i,s),sun:O(o,s),lanes:a,plans:r,notices:xo(n,r,i,o,e)}}function ae(n){return n.lanes.flatMap(e=>e.runs).sort((e,t)=>e.start-t.start)}function er(n,e,{deviceId:t}){return t===void 0||t===n.device_id||t===e}function yo(n,e){return(n.ready??"9").localeCompare(e.ready??"9")||n.name.localeCompare(e.name)}function bo(n,e,t,{now:r,charged:i}){let o=n.flatMap(u=>[...u.slots.map(p=>Date.parse(p.end)),ir(u)??0]),s=Math.max(0,e.at(-1)?.end??0,...o.filter(Number.isFinite)),a=t.some(({device_id:u})=>(i.get(u??"")??[]).some(rr)),l=Math.floor(r/ee)*ee;return{start:l-(a?fo*ee:0),end:l+Math.min(Math.max(mo,Math.ceil((s-l)/ee)),ho)*ee}}function rr(n){return n.value>0}function ir(n){return n.ready===null||n.state==="off"?null:Date.parse(n.ready)}function vo(n,e,t){let r=new Set(e.map(s=>s.device_id)),i=e.map(s=>{let a=n.filter(m=>m.connector!==null&&m.connector===s.device_id),l=t.context.names.get(s.device_id??"")??s.name,u=s.vehicle?.name||l,p=t.context.charged.get(s.device_id??"")??[];return{key:s.device_id??s.id,name:u,place:u===l?null:l,charged:O(p,{start:t.span.start,end:t.context.now}).filter(rr),...tr(a,s.device_id??s.id,t)}}),o=n.filter(s=>!r.has(s.connector)).map(s=>({key:s.plan_id,name:s.name,place:null,charged:[],...tr([s],s.plan_id,t)}));return[...i,...o].filter(s=>s.runs.length>0||s.ready.length>0||s.charged.length>0)}function tr(n,e,{prices:t,sun:r,span:i,context:o}){let s=n.flatMap(l=>Jn(l).filter(u=>u.end>o.now&&u.start<i.end).map(u=>({...u,planId:l.plan_id,planName:l.name,lane:e,reason:Xn(u,l,{prices:t,sun:r,now:o.now})}))),a=n.flatMap(l=>{let u=ir(l);return u===null||u<i.start||u>i.end?[]:[{planId:l.plan_id,name:l.name,at:u,isReached:l.state!=="unreachable"}]});return{runs:s.sort((l,u)=>l.start-u.start),ready:a}}function xo(n,e,t,r,i){let o=[];n.state==="offline"&&o.push({kind:"offline"}),e.length===0?o.push({kind:"no_plans"}):i.isPaused&&o.push({kind:"paused"});let s=t.at(-1)?.end;return s===void 0||s<=i.now?o.push({kind:"no_prices"}):s<$o(i)&&o.push({kind:"unpublished",until:s}),r.length===0&&o.push({kind:"no_forecast"}),o}function $o({now:n,timeZone:e}){return Yn(n,e)+go*ee}function or(n,e,t){let r=(n.end-n.start)/ee,i=Math.max(2,Math.floor(t/48)),o=[1,2,3,4,6,12].find(s=>r/s<=i)??24;return Ze(n.start,n.end,o,e)}var sr=k`
  ha-card {
    padding: 12px 16px 16px;
  }
  h2,
  h3 {
    margin: 0 0 4px;
    font-size: var(--ha-font-size-l, 16px);
    font-weight: var(--ha-font-weight-medium, 500);
    overflow-wrap: anywhere;
  }
  h3 {
    font-size: var(--ha-font-size-m, 14px);
  }
  .loading {
    min-height: 240px;
  }
  section + section {
    margin-top: 20px;
    padding-top: 12px;
    border-top: 1px solid var(--divider-color);
  }
  ul {
    list-style: none;
    margin: 0 0 8px;
    padding: 0;
  }
  .plans li {
    display: flex;
    flex-wrap: wrap;
    gap: 0 12px;
    align-items: baseline;
    padding: 6px 0;
    overflow-wrap: anywhere;
  }
  .plans li + li {
    border-top: 1px solid var(--divider-color);
  }
  .plans strong {
    font-weight: var(--ha-font-weight-medium, 500);
  }
  .plans .line {
    flex-basis: 100%;
    color: var(--secondary-text-color);
  }
  .plans .state {
    margin-inline-start: auto;
  }
  .plans .lack {
    flex-basis: 100%;
    border-inline-start: 4px solid var(--error-color);
    padding-inline-start: 8px;
  }
  .notices li {
    padding: 4px 0;
    color: var(--secondary-text-color);
  }
  .notices li.strong {
    color: var(--primary-text-color);
    border-inline-start: 4px solid var(--warning-color);
    padding-inline-start: 8px;
  }
  .legend {
    display: flex;
    flex-wrap: wrap;
    gap: 2px 16px;
    margin-bottom: 4px;
    font-size: var(--ha-font-size-s, 12px);
    color: var(--secondary-text-color);
  }
  .legend span::before {
    content: "";
    display: inline-block;
    width: 10px;
    height: 10px;
    margin-inline-end: 6px;
    border-radius: 2px;
    background: var(--swatch);
  }
  .chart {
    position: relative;
    touch-action: pan-y;
  }
  .chart svg {
    display: block;
    overflow: visible;
  }
  .curves,
  .lane {
    position: absolute;
    cursor: pointer;
  }
  .curves:focus-visible,
  .lane button:focus-visible,
  summary:focus-visible {
    outline: 2px solid var(--primary-color);
    outline-offset: 2px;
    border-radius: 4px;
  }
  .lane-name {
    position: absolute;
    max-width: 100%;
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
    font-size: var(--ha-font-size-s, 12px);
    line-height: 18px;
    pointer-events: none;
  }
  .lane-name small {
    font-size: inherit;
    color: var(--secondary-text-color);
  }
  .lane button {
    position: absolute;
    top: 0;
    height: 100%;
    padding: 0;
    border: 0;
    background: none;
    pointer-events: none;
  }
  .details {
    min-height: 40px;
    margin-top: 8px;
  }
  .details p {
    margin: 4px 0;
  }
  .hint {
    color: var(--secondary-text-color);
  }
  dl {
    display: grid;
    grid-template-columns: repeat(auto-fit, minmax(104px, 1fr));
    gap: 4px 16px;
    margin: 4px 0;
  }
  dt {
    font-size: var(--ha-font-size-s, 12px);
    color: var(--secondary-text-color);
  }
  dd {
    margin: 0;
  }
  summary {
    cursor: pointer;
    padding: 8px 0;
    min-height: 24px;
    color: var(--primary-color);
  }
  .scroll {
    overflow-x: auto;
  }
  table {
    border-collapse: collapse;
    width: 100%;
    margin-bottom: 12px;
    font-size: var(--ha-font-size-s, 12px);
  }
  caption {
    text-align: start;
    font-weight: var(--ha-font-weight-medium, 500);
    padding: 4px 0;
  }
  th,
  td {
    text-align: start;
    vertical-align: top;
    padding: 4px 12px 4px 0;
    border-bottom: 1px solid var(--divider-color);
  }
  .number {
    text-align: end;
    white-space: nowrap;
  }

  text {
    font-size: 11px;
    fill: var(--secondary-text-color);
  }
  .weekday,
  .now-label {
    fill: var(--primary-text-color);
  }
  .hour,
  .level {
    stroke: var(--divider-color);
    stroke-width: 1;
    opacity: 0.5;
  }
  .day,
  .zero,
  .axis {
    stroke: var(--secondary-text-color);
    stroke-width: 1;
    opacity: 0.7;
  }
  .price-area {
    fill: var(--energy-grid-consumption-color, #488fc2);
    opacity: 0.22;
  }
  .price-planned {
    fill: var(--energy-grid-consumption-color, #488fc2);
    opacity: 0.6;
  }
  .price-line {
    fill: none;
    stroke: var(--energy-grid-consumption-color, #488fc2);
    stroke-width: 2;
  }
  .sun-area {
    fill: var(--energy-solar-color, #ff9800);
    opacity: 0.75;
  }
  .now {
    stroke: var(--primary-text-color);
    stroke-width: 1.5;
  }
  .cursor {
    stroke: var(--primary-color);
    stroke-width: 2;
    stroke-dasharray: 3 3;
  }
  .lane-0 {
    --lane: var(--primary-color);
  }
  .lane-1 {
    --lane: var(--purple-color, #926bc7);
  }
  .lane-2 {
    --lane: var(--teal-color, #009688);
  }
  .lane-3 {
    --lane: var(--deep-orange-color, #ff6f22);
  }
  .lane-4 {
    --lane: var(--indigo-color, #3f51b5);
  }
  .lane-5 {
    --lane: var(--pink-color, #e91e63);
  }
  .ground {
    fill: var(--card-background-color);
  }
  .mark {
    fill: var(--lane);
    opacity: 0.55;
  }
  .run {
    stroke: var(--lane);
    stroke-width: 1.5;
  }
  .run.estimated {
    stroke-dasharray: 4 3;
  }
  .run.selected {
    stroke: var(--primary-text-color);
    stroke-width: 3;
  }
  .charged {
    fill: var(--lane);
  }
  .amps {
    fill: var(--primary-text-color);
    font-weight: 500;
    paint-order: stroke;
    stroke: var(--card-background-color);
    stroke-width: 4px;
  }
  .ready .pole,
  .ready path {
    stroke: var(--primary-text-color);
    stroke-width: 1.5;
    fill: var(--primary-text-color);
  }
  .late .pole,
  .late path {
    stroke: var(--error-color);
    stroke-width: 2;
    fill: none;
  }
  .late .pole {
    stroke-dasharray: 2 2;
  }
`;function Ye(n,e,t){return we(n).map(r=>`M${te(e(r[0].start))},${te(t(r[0].value))}${ar(r,e,t)}`).join("")}function ne(n,e,t,r){return we(n).map(i=>`M${te(e(i[0].start))},${te(r)}${ar(i,e,t)}V${te(r)}Z`).join("")}function ar(n,e,t){return n.map(r=>`V${te(t(r.value))}H${te(e(r.end))}`).join("")}function te(n){return String(Math.round(n*10)/10)}function I(n,e){let[t,r]=n,[i,o]=e;return r===t?()=>(i+o)/2:s=>i+(s-t)/(r-t)*(o-i)}function wo(n,e){let t=n/Math.max(1,e);if(!(t>0))return 1;let r=10**Math.floor(Math.log10(t));return([1,2,5].find(o=>o*r>=t*.999)??10)*r}function Xe(n,e){let t=Math.min(0,...n),r=Math.max(0,...n),i=wo(r-t||1,e),o=Math.floor(t/i+1e-9),s=Math.max(Math.ceil(r/i-1e-9),o+1),a=Array.from({length:s-o+1},(l,u)=>_o((o+u)*i));return{minimum:a[0],maximum:a.at(-1),ticks:a}}function _o(n){return Number(n.toPrecision(12))+0}var lr=6;function cr(n){let{view:e,layout:t}=n;return g`
    <defs>${Array.from({length:Math.min(lr,e.lanes.length)},(r,i)=>So(i))}</defs>
    ${To(n)}
    ${t.prices?ko(n,t.prices):d}
    ${t.sun?Ro(n,t.sun):d}
    ${e.lanes.map((r,i)=>Eo(n,r,t.lanes[i],i%lr))}
    ${Mo(n)}
    ${n.cursor===null?d:Qe("cursor",t.x(n.cursor),0,t.axis)}`}function So(n){let e=[45,-45,0,90,20,0][n];return g`<pattern id="lane-${n}" class="lane-${n}" width="7" height="7" patternUnits="userSpaceOnUse"
      patternTransform="rotate(${e})">
    <rect class="ground" width="7" height="7"></rect>
    ${n===5?g`<circle class="mark" cx="3.5" cy="3.5" r="1.6"></circle>`:g`<rect class="mark" width="2.2" height="7"></rect>`}
  </pattern>`}function Qe(n,e,t,r){return g`<line class=${n} x1=${e} x2=${e} y1=${t} y2=${r}></line>`}function To({view:n,layout:e,words:t,timeZone:r}){let i=or(n.span,r,e.right-e.left);return g`${i.map(o=>{let s=e.x(o.at);return g`
      ${Qe(o.isDay?"day":"hour",s,0,e.axis)}
      <text class="tick" x=${s} y=${e.axis+14} text-anchor="middle">${t.time(o.at)}</text>
      ${o.isDay||o===i[0]?g`<text class="tick weekday" x=${s} y=${e.axis+28} text-anchor="middle">${t.weekday(o.at)}</text>`:d}`})}
  <line class="axis" x1=${e.left} x2=${e.right} y1=${e.axis} y2=${e.axis}></line>`}function ko({view:n,layout:e,words:t},r){let i=r.y(0),o=Co(n),s=r.axis.ticks.every(a=>Number.isInteger(a))?0:2;return g`
    ${r.axis.ticks.map(a=>g`
        <line class=${a===0?"zero":"level"} x1=${e.left} x2=${e.right} y1=${r.y(a)} y2=${r.y(a)}></line>
        <text class="tick" x=${e.left-6} y=${r.y(a)+4} text-anchor="end">${t.number(a,s)}</text>`)}
    <path class="price-area" d=${ne(n.prices,e.x,r.y,i)}></path>
    <path class="price-planned" d=${ne(o,e.x,r.y,i)}></path>
    <path class="price-line" d=${Ye(n.prices,e.x,r.y)}></path>`}function Co(n){let e=[],t=-1/0;for(let r of ae(n))e.push(...O(n.prices,{start:Math.max(r.start,t),end:r.end})),t=Math.max(t,r.end);return e}function Ro({view:n,layout:e,words:t},r){let{maximum:i}=r.axis;return g`
    <text class="tick" x=${e.left-6} y=${r.top+8} text-anchor="end">${t.number(i/1e3,i<1e3?1:0)}</text>
    <path class="sun-area" d=${ne(n.sun,e.x,r.y,r.bottom)}></path>
    <line class="zero" x1=${e.left} x2=${e.right} y1=${r.bottom} y2=${r.bottom}></line>`}function Eo(n,e,t,r){let{layout:i}=n,o=t.top+t.height,s=Math.max(1,...e.charged.map(l=>l.value)),a=I([0,s],[o,t.top+4]);return g`<g class="lane-${r}">
    <line class="level" x1=${i.left} x2=${i.right} y1=${o} y2=${o}></line>
    <path class="charged" d=${ne(e.charged,i.x,a,o)}></path>
    ${e.runs.map(l=>Po(n,l,t,r))}
    ${e.ready.map(l=>Ao(n,l.at,l.isReached,t))}
  </g>`}function Po({layout:n,words:e,selected:t},r,i,o){let s=Math.max(n.left,n.x(r.start)),a=Math.max(2,Math.min(n.right,n.x(r.end))-s),l=`${r.known?"":" estimated"}${r.id===t?" selected":""}`;return g`
    <rect class=${`run${l}`} x=${s} y=${i.top} width=${a} height=${i.height} rx="3"
      fill=${`url(#lane-${o})`}></rect>
    ${a>52?g`<text class="amps" x=${s+a/2} y=${i.top+i.height/2+4} text-anchor="middle">${e.amps(r)}</text>`:d}`}function Ao({layout:n},e,t,r){let i=n.x(e),o=n.right-i<12?-1:1,s=r.top-6,a=t?`M${i},${s}l${o*9},4l${-o*9},4Z`:`M${i-4},${s}l8,8m0,-8l-8,8`;return g`<g class=${t?"ready":"ready late"}>
    ${Qe("pole",i,s,r.top+r.height)}
    <path d=${a}></path>
  </g>`}function Mo({view:n,layout:e,words:t}){let r=e.x(n.now),i=e.right-r<40;return g`
    ${Qe("now",r,0,e.axis)}
    <text class="now-label" x=${r+(i?-4:4)} y="9" text-anchor=${i?"end":"start"}>${t.text("now")}</text>`}var dr=48,ur=14,Lo=10,Ho=104,Oo=36,pr=20,mr=28,Lt=10,Io=34,Do=200;function fr(n,e){let t=Math.max(Do,Math.round(e)),r=[n.span.start,n.span.end],i=[dr,t-ur],o=Lo,s=m=>{let h=o;return o+=m+Lt,h},a=(m,h,f)=>{if(m.length===0)return null;let y=s(h),_=Xe(m,f),le=I([_.minimum,_.maximum],[y+h,y]);return{top:y,bottom:y+h,axis:_,y:le}},l=a(hr(n.prices),Ho,4),u=a(hr(n.sun),Oo,1),p=n.lanes.map(()=>{let m=s(pr+mr);return{label:m,top:m+pr,height:mr}});return{width:t,height:o+Io-Lt,left:dr,right:t-ur,x:I(r,i),instant:I(i,r),prices:l,sun:u,lanes:p,axis:o-Lt}}function hr(n){return n.map(e=>e.value)}function Ht(n,e){let t=({start:r,end:i})=>Math.max(r-e,e-i,0);return n.reduce((r,i)=>r===void 0||t(i)<t(r)?i:r,void 0)}var _e="–",Je=class{constructor(e,t){this.hass=e;this.texts=t}hass;texts;text(e,t){return this.texts(`plan_card.${e}`,t)}time(e){return Y(this.hass,new Date(e))}dayTime(e){return Ve(this.hass,new Date(e))}weekday(e){return Rn(this.hass,new Date(e))}span({start:e,end:t}){let r=Q(this.hass),i=J(e,r).day===J(t,r).day;return`${this.dayTime(e)} – ${i?this.time(t):this.dayTime(t)}`}price(e,t){let r=Math.abs(e)<10?3:1;return`${H(this.hass,e,t,r)}/kWh`}priceUnit(e){return`${e??""}/kWh`}cost(e,t){return e===null?_e:H(this.hass,e,t)}number(e,t){return $(this.hass,e,t)}power(e){return se(this.hass,e)}energy(e){return e===null?_e:q(this.hass,e)}amps({amps:{minimum:e,maximum:t}}){return e===t?C(this.hass,t):`${$(this.hass,e)}–${C(this.hass,t)}`}goal(e){let t=[];if(e.goal){let r={percent:"percent",kwh:"energy",hours:"duration"}[e.goal.kind],i=$(this.hass,e.goal.value,1,0);t.push(this.texts(`sentence.plan.goal.${r}`,{amount:i}))}return e.ready!==null&&t.push(this.text("ready_by",{time:this.dayTime(Date.parse(e.ready))})),t.join(", ")}lack(e){if(e.state!=="unreachable")return null;let t=e.missing_kwh?this.energy(e.missing_kwh):null,r=e.goal?.kind==="percent"&&e.possible_percent!==null?`${this.number(e.possible_percent,0)} %`:e.possible_kwh!==null?this.energy(e.possible_kwh):null;return r!==null&&t!==null?this.text("lack.both",{possible:r,missing:t}):r!==null?this.text("lack.possible",{possible:r}):t===null?this.text("lack.unknown"):this.text("lack.missing",{missing:t})}costs(e){if(e.cost===null)return null;let t=this.cost(e.cost,e.currency),r=e.cost_at_once;return r===null||r-e.cost<.005?this.text("costs",{cost:t}):this.text("costs_less",{cost:t,at_once:this.cost(r,e.currency)})}reason(e,t){switch(e.kind){case"sun":return this.text("reason.sun",{power:this.power(e.watts)});case"cheap":return this.text("reason.cheap",{price:this.price(e.price,t),mean:this.price(e.mean,t)});default:return this.text(`reason.${e.kind}`)}}notice(e){return e.kind==="unpublished"?this.text("notice.unpublished",{time:this.dayTime(e.until)}):this.text(`notice.${e.kind}`)}run(e,t,r){let i=[t.name,this.span(e),this.amps(e)];return e.cost!==null&&i.push(this.cost(e.cost,r)),i.join(", ")}};function gr(n,e){return c`<div class="scroll" tabindex="0" role="region" aria-label=${e.text("table.show")}>
    ${No(n,e)} ${Uo(n,e)}
  </div>`}function No(n,e){let t=ae(n);if(t.length===0)return c`<p>${e.text("table.no_times")}</p>`;let r=new Map(n.lanes.map(i=>[i.key,i.name]));return c`<table>
    <caption>${e.text("table.times")}</caption>
    <thead>
      <tr>
        <th scope="col">${e.text("table.time")}</th>
        <th scope="col">${e.text("table.vehicle")}</th>
        <th scope="col" class="number">${e.text("current")}</th>
        <th scope="col" class="number">${e.text("energy")}</th>
        <th scope="col" class="number">${e.text("cost")}</th>
        <th scope="col">${e.text("table.reason")}</th>
      </tr>
    </thead>
    <tbody>
      ${t.map(i=>c`<tr>
          <th scope="row">${e.span(i)}</th>
          <td>${r.get(i.lane)}</td>
          <td class="number">${e.amps(i)}</td>
          <td class="number">${e.energy(i.kwh)}</td>
          <td class="number">${e.cost(i.cost,n.currency)}</td>
          <td>${e.reason(i.reason,n.currency)}</td>
        </tr>`)}
    </tbody>
  </table>`}function Uo(n,e){let t=[...n.prices,...n.sun].flatMap(({start:a,end:l})=>[a,l]),r=[...new Set(t)].sort((a,l)=>a-l);if(r.length===0)return d;let i=r.slice(0,-1).map((a,l)=>({start:a,end:r[l+1]})),o=n.prices.length>0,s=n.sun.length>0;return c`<table>
    <caption>${e.text("table.prices")}</caption>
    <thead>
      <tr>
        <th scope="col">${e.text("table.time")}</th>
        ${o?c`<th scope="col" class="number">${e.text("price")}</th>`:d}
        ${s?c`<th scope="col" class="number">${e.text("legend.sun")}</th>`:d}
      </tr>
    </thead>
    <tbody>
      ${i.map(a=>{let l=$e(n.prices,a.start),u=U(n.sun,a);return c`<tr>
          <th scope="row">${e.span(a)}</th>
          ${o?c`<td class="number">${l?e.price(l.value,n.currency):_e}</td>`:d}
          ${s?c`<td class="number">${u===null?_e:e.power(u)}</td>`:d}
        </tr>`})}
    </tbody>
  </table>`}var w=15*6e4,et=4*w;function br(n){let{view:e,words:t}=n,r=e.prices.length+e.sun.length+e.lanes.length===0;return c`<section>
    ${n.hasTitle?c`<h3>${e.title}</h3>`:d} ${Vo(n)} ${zo(n)}
    ${r?d:c`${Wo(n)} ${Bo(n)} ${Yo(n)}
            <details .open=${n.hasTables} @toggle=${i=>n.showTables(i.target.open)}>
              <summary>${t.text("table.show")}</summary>
              ${n.hasTables?gr(e,t):d}
            </details>`}
  </section>`}var Fo=new Set(["no_forecast","unpublished","no_plans"]);function Vo({view:n,words:e}){return n.notices.length===0?d:c`<ul class="notices">
    ${n.notices.map(t=>c`<li class=${Fo.has(t.kind)?"":"strong"}>${e.notice(t)}</li>`)}
  </ul>`}function zo({view:n,words:e}){return n.plans.length===0?d:c`<ul class="plans">
    ${n.plans.map(t=>Go(t,e))}
  </ul>`}function Go(n,e){let t=e.lack(n),r=e.costs(n),i=n.state==="off"?[]:n.assumed;return c`<li>
    <strong>${n.name}</strong> <span>${e.goal(n)}</span>
    <span class="state">${e.text(`state.${n.state}`)}</span>
    ${t===null?d:c`<span class="lack">${t}</span>`}
    ${r===null?d:c`<span class="line">${r}</span>`}
    ${i.map(o=>c`<span class="line">${e.text(`assumed.${o}`)}</span>`)}
  </li>`}function Wo({view:n,words:e}){let t=(r,i)=>c`<span style=${`--swatch: ${r}`}>${i}</span>`;return c`<div class="legend">
    ${n.prices.length>0?t("var(--energy-grid-consumption-color, #488fc2)",e.text("legend.price",{unit:e.priceUnit(n.currency)})):d}
    ${n.sun.length>0?t("var(--energy-solar-color, #ff9800)",e.text("legend.sun")):d}
  </div>`}function Bo(n){let{view:e,words:t,timeZone:r,selected:i,cursor:o}=n,s=fr(e,n.available),a=g`${cr({view:e,layout:s,words:t,timeZone:r,selected:i,cursor:o})}`;return c`<div class="chart" style=${`height: ${s.height}px`}>
    <svg aria-hidden="true" width=${s.width} height=${s.height}>${a}</svg>
    ${Ko(n,s)} ${e.lanes.map((l,u)=>qo(n,s,l,u))}
  </div>`}function Ko(n,e){let{view:t,words:r}=n,i=[e.prices,e.sun].filter(u=>u!==null);if(i.length===0)return d;let o=n.cursor??t.now,s=i[0].top,a=i.at(-1).bottom-s,l=u=>n.point(Math.min(Math.max(u,t.span.start),t.span.end-1));return c`<div
    class="curves"
    role="slider"
    tabindex="0"
    style=${`left: ${e.left}px; width: ${e.right-e.left}px; top: ${s}px; height: ${a}px`}
    aria-label=${r.text("slider")}
    aria-valuemin=${t.span.start}
    aria-valuemax=${t.span.end}
    aria-valuenow=${o}
    aria-valuetext=${vr(n,o)}
    @click=${u=>l(e.instant(e.left+u.offsetX))}
    @keydown=${u=>{let p=jo(u.key,o,t);p!==void 0&&(u.preventDefault(),p===null?n.point(null):l(p))}}
  ></div>`}function jo(n,e,{span:t}){let r=Math.floor(e/et)*et;return{ArrowRight:Math.floor(e/w)*w+w,ArrowUp:Math.floor(e/w)*w+w,ArrowLeft:Math.ceil(e/w)*w-w,ArrowDown:Math.ceil(e/w)*w-w,PageUp:r+3*et,PageDown:r-3*et,Home:t.start,End:t.end-w,Escape:null}[n]}function vr({view:n,words:e},t){let r=$e(n.prices,t),i=$e(n.sun,t),o=n.lanes.flatMap(s=>s.runs.filter(a=>a.start<=t&&t<a.end).map(a=>`${s.name} ${e.amps(a)}`));return[e.dayTime(t),r?e.price(r.value,n.currency):n.prices.length>0?e.text("price_unknown"):"",i?e.text("sun_expected",{power:e.power(i.value)}):"",...o].filter(Boolean).join(" · ")}function qo(n,e,t,r){let{view:i,words:o}=n,{label:s,top:a,height:l}=e.lanes[r],u=e.right-e.left,p=t.runs.find(h=>h.id===n.selected)??t.runs[0],m=[t.place,...t.ready.map(h=>o.text("ready_by",{time:o.dayTime(h.at)}))];return c`
    <div class="lane-name" style=${`left: 0; top: ${s}px`}>
      ${t.name} <small>${m.filter(Boolean).join(" · ")}</small>
    </div>
    <div
      class="lane"
      role="group"
      aria-label=${o.text("lane",{name:t.name})}
      style=${`left: ${e.left}px; width: ${u}px; top: ${a}px; height: ${l}px`}
      @click=${h=>{if(h.target!==h.currentTarget)return;let f=Ht(t.runs,e.instant(e.left+h.offsetX));f!==void 0&&yr(n,f)}}
      @keydown=${h=>Zo(h,n,r)}
    >
      ${t.runs.map(h=>{let f=Math.max(0,e.x(h.start)-e.left),y=Math.min(u,e.x(h.end)-e.left);return c`<button
          type="button"
          data-run=${h.id}
          tabindex=${h===p?0:-1}
          aria-pressed=${h.id===n.selected?"true":"false"}
          aria-label=${o.run(h,t,i.currency)}
          style=${`left: ${f}px; width: ${Math.max(2,y-f)}px`}
          @click=${()=>yr(n,h)}
        ></button>`})}
    </div>
  `}function yr(n,e){n.select(n.selected===e.id?null:e.id)}function Zo(n,e,t){let{lanes:r}=e.view,i=n.target.dataset.run,o=r[t].runs,s=o.findIndex(m=>m.id===i),a=o[s];if(n.key==="Escape"&&e.select(null),a===void 0)return;let l=m=>Ht(r[t+m]?.runs??[],a.start),p={ArrowRight:o[s+1],ArrowLeft:o[s-1],ArrowDown:l(1),ArrowUp:l(-1),Home:o[0],End:o.at(-1)}[n.key];p!==void 0&&(n.preventDefault(),e.select(p.id),e.focus(p.id))}function Yo(n){let{view:e,words:t}=n,r=ae(e).find(o=>o.id===n.selected),i=r!==void 0?Xo(n,r):n.cursor!==null?c`<p>${vr(n,n.cursor)}</p>`:c`<p class="hint">${t.text("hint")}</p>`;return c`<div class="details" aria-live="polite">${i}</div>`}function Xo({view:n,words:e},t){let{currency:r}=n,i=n.lanes.find(a=>a.key===t.lane),o=U(n.prices,t),s=(a,l)=>c`<div><dt>${e.text(a)}</dt><dd>${l}</dd></div>`;return c`
    <h3>${i?.name}: ${e.span(t)}</h3>
    <p>${e.reason(t.reason,r)}</p>
    <dl>
      ${s("current",e.amps(t))} ${s("energy",e.energy(t.kwh))}
      ${s(t.known?"cost":"cost_estimated",e.cost(t.cost,r))}
      ${t.price===null?d:s("average_price",e.price(t.price,r))}
      ${o===null?d:s("grid_price",e.price(o,r))} ${s("plan",t.planName)}
    </dl>
  `}var Qo=32,Jo=6e4,es=5,xr={type:"twc-manager-plan-card",name:"Charging plans",description:"Prices, sun and planned charging of the next days",preview:!0,documentationURL:E},tt=class extends v{static properties={...v.properties,available:{state:!0},now:{state:!0},charged:{state:!0},selected:{state:!0},cursor:{state:!0},tables:{state:!0}};static styles=[v.styles,sr];#e;#t=0;#n;constructor(){super(),this.available=360,this.now=Date.now(),this.charged=new Map,this.selected=null,this.cursor=null,this.tables=new Set}connectedCallback(){super.connectedCallback(),this.now=Date.now(),this.#t=0,this.#e=setInterval(()=>this.#s(),Jo),typeof ResizeObserver<"u"&&(this.#n=new ResizeObserver(([e])=>{let t=e?.contentRect.width??0;t>0&&(this.available=t-Qo)}),this.#n.observe(this)),this.#o()}disconnectedCallback(){super.disconnectedCallback(),clearInterval(this.#e),this.#n?.disconnect()}updated(e){super.updated(e),(e.has("texts")||e.has("config"))&&this.#o()}getCardSize(){return 7}*shownEntities(e){for(let t of B(e,this.deviceId)){let r=t.entities.get("switch.pause_plans");r!==void 0&&(yield r)}}content(e,t){let r=B(e,this.deviceId);if(r.length===0)return P(t("common.device_gone"));if(this.live===void 0)return this.failure?P(t("common.not_loaded")):c`<div class="loading" aria-busy="true"></div>`;let i=new Je(e,t);return c`
      <h2>${i.text("title")}</h2>
      ${r.map(o=>{let s=ge(this.live,o.entryId);if(s===void 0||s.state==="not_loaded")return c`<section>${P(t("common.not_loaded"))}</section>`;let a=e.states[o.entities.get("switch.pause_plans")??""],l=nr(s,{now:this.now,timeZone:Q(e),deviceId:this.deviceId,isPaused:a?.state==="on",names:new Map(o.connectors.map(({deviceId:u,name:p})=>[u,p])),charged:this.charged});return br(this.#r(e,i,l,r.length>1))})}
    `}#r(e,t,r,i){return{view:r,words:t,hasTitle:i,timeZone:Q(e),available:this.available,selected:this.selected,cursor:this.cursor?.entryId===r.entryId?this.cursor.at:null,hasTables:this.tables.has(r.entryId),select:o=>{this.selected=o,this.cursor=null},point:o=>{this.cursor=o===null?null:{entryId:r.entryId,at:o},this.selected=null},showTables:o=>{let s=new Set(this.tables);o?s.add(r.entryId):s.delete(r.entryId),this.tables=s},focus:o=>this.#i(o)}}async#i(e){await this.updateComplete,[...this.renderRoot.querySelectorAll(".lane button")].find(r=>r.dataset.run===e)?.focus()}#s(){this.now=Date.now(),this.#t+=1,this.#t%es===0&&this.#o()}async#o(){let e=this.hass;if(!(e===void 0||!this.isConnected))try{this.charged=await qn(e,this.deviceId,Date.now())}catch{this.charged=new Map}}};var ts=36e5,ns=ts;async function $r(n,e,t,r){if(r-t<=ns){let i=await rs(n,e,t,r);if(i.length>0)return{pieces:i,isHourly:!1}}for(let i of["5minute","hour"]){let o=await je(n,{ids:[e],start:t,end:r,period:i}),s=qe(o[e]);if(s.length>0)return{pieces:s,isHourly:i==="hour"}}return{pieces:[],isHourly:!1}}async function rs(n,e,t,r){let i=await n.callWS({type:"history/history_during_period",entity_ids:[e],start_time:new Date(t).toISOString(),end_time:new Date(r).toISOString(),minimal_response:!0,no_attributes:!0,significant_changes_only:!1}),o=n.states[e]?.attributes.unit_of_measurement==="kW"?1e3:1,s=i[e]??[];return s.flatMap(({s:a,lu:l},u)=>{let p={start:Math.max(t,l*1e3),end:Math.min(r,(s[u+1]?.lu??1/0)*1e3)},m=a.trim()===""?NaN:Number(a)*o;return Number.isFinite(m)&&p.end>p.start?[{...p,value:m}]:[]})}var nt=40,wr=12,_r=10,is=110,os=22,ss=36e5;function Sr(n,e,t){let r=Math.max(200,t.width),i=_r+is,o=n.map(p=>({...p,value:p.value/1e3})),s=Xe(o.map(p=>p.value),3),a=I([e.start,e.end],[nt,r-wr]),l=I([s.minimum,s.maximum],[i,_r]),u=s.ticks.every(Number.isInteger)?0:1;return c`<svg role="img" aria-label=${t.label} width=${r} height=${i+os}>
    ${s.ticks.map(p=>g`
        <line class="level" x1=${nt} x2=${r-wr} y1=${l(p)} y2=${l(p)}></line>
        <text x=${nt-6} y=${l(p)+4} text-anchor="end">${t.number(p,u)}</text>`)}
    <text x=${nt+4} y="9">kW</text>
    <path class="area" d=${ne(o,a,l,l(0))}></path>
    <path class="line" d=${Ye(o,a,l)}></path>
    ${as(e,r,t.timeZone).map(p=>g`
        <line class="level" x1=${a(p)} x2=${a(p)} y1=${i} y2=${i+4}></line>
        <text x=${a(p)} y=${i+16} text-anchor="middle">${t.time(p)}</text>`)}
  </svg>`}function as(n,e,t){let r=(n.end-n.start)/ss,i=Math.max(2,Math.floor(e/60)),o=[1,2,3,4,6,12].find(l=>r/l<=i)??24,s=Ze(n.start,n.end,o,t).map(l=>l.at);if(s.length>=2&&r/24<=i)return s;let a=(n.end-n.start)*.06;return[n.start+a,n.end-a]}function Tr(n){return c`<div class="inside">${ls(n.row,n.words)} ${ds(n)}</div>`}function ls(n,e){let{data:t}=n,r=(i,o)=>c`<div><dt>${e.text(i)}</dt><dd>${o}</dd></div>`;return c`<dl>
    ${n.average_price===null?d:r("column.average_price",e.price(n.average_price,n.currency))}
    ${n.at_once===null?d:r("column.at_once",e.money(n.at_once,n.currency))}
    ${n.at_once===null||n.cost===null?d:cs(n.at_once-n.cost,n,e)}
    ${t===null?d:c`
            ${r("ended",e.dateTime(n.ended))}
            ${t.end===null?d:r("end_reason",e.text(`end.${t.end}`))}
            ${r("charging_time",e.minutes(t.charging_minutes))} ${r("peak",e.amps(t.peak_amps))}
            ${t.green_percent===null?d:r("from_sun",e.energy(t.green_kwh))}
            ${t.battery_kwh>0?r("from_battery",e.energy(t.battery_kwh)):d}
            ${t.grid_kwh>0?r("from_grid",e.energy(t.grid_kwh)):d}
            ${t.unknown_kwh>0?r("from_unknown",e.energy(t.unknown_kwh)):d}
            ${t.priced_percent!==null&&t.priced_percent<100&&t.cost!==null?r("priced",e.percent(t.priced_percent)):d}
            ${t.price_source?r("price_source",t.price_source):d}
          `}
  </dl>`}function cs(n,e,t){return Math.abs(n)<.005?d:c`<div>
    <dt>${t.text(n>0?"saved":"dearer")}</dt>
    <dd>${t.money(Math.abs(n),e.currency)}</dd>
  </div>`}function ds({row:n,words:e,curve:t,width:r,timeZone:i,now:o,retry:s}){if(t==="loading")return c`<p class="note" role="status">${e.text("curve.loading")}</p>`;if(t==="no_sensor")return c`<p class="note">${e.text("curve.no_sensor")}</p>`;if(t==="failed")return c`<p class="note" role="alert">
      ${e.text("curve.failed")}
      <button type="button" class="plain" @click=${s}>${e.text("retry")}</button>
    </p>`;if(t.pieces.length===0)return c`<p class="note">${e.text("curve.none")}</p>`;let a={start:Math.min(n.started,t.pieces[0].start),end:Math.max(n.ended??o,t.pieces.at(-1).end)},l=Math.max(...t.pieces.map(p=>p.value)),u=Sr(t.pieces,a,{width:r,timeZone:i,label:e.text("curve.label",{start:e.time(a.start),end:e.time(a.end),maximum:e.power(l)}),time:p=>e.time(p),number:(p,m)=>e.number(p,m)});return c`<div class="curve">${u}</div>
    ${t.isHourly?c`<p class="note">${e.text("curve.hourly")}</p>`:d}`}async function kr(n,e){let t=e===void 0?void 0:{device_id:e},{response:r}=await n.callService(b,"get_sessions",{},t,!1,!0);if(r===void 0)throw new Error("no response");return r}var It=["started","connector","energy","sun","cost","average_price","at_once"];function Er(n,e){return n.sessions.map(t=>({key:`${t.device_id??t.connector} ${t.started}`,deviceId:t.device_id,connector:e.get(t.device_id??"")??t.connector,vehicle:t.vehicle,started:Date.parse(t.started),ended:Date.parse(t.ended),energy:t.energy_kwh,sun:t.green_percent,cost:t.cost,currency:t.currency,average_price:t.average_price,at_once:t.cost_at_once,data:t}))}function Pr(n,e,t){return n.flatMap(({device_id:r,id:i,name:o,vehicle:s,session:a})=>a===null?[]:[{key:`${r??i} ${a.started}`,deviceId:r,connector:e.get(r??"")??o,vehicle:s?.name??null,started:Date.parse(a.started),ended:null,energy:a.kwh,sun:a.sun===null?null:100*a.sun,cost:a.cost,currency:a.cost===null?null:t,average_price:a.average_price,at_once:null,data:null}])}function Ar(n,e,t,r){return[...new Set([...n.map(o=>xe(o.started,r)),...e.map(o=>o.month)]).add(xe(t,r))].sort()}function Mr(n,e,t,r,i){let o=e.filter(h=>xe(h.started,i)===n),s=o.flatMap(h=>h.data??[]),a=t.filter(h=>h.month===n),l=Math.min(...e.filter(h=>h.data!==null).map(h=>h.started)),m=(!Number.isFinite(l)||n<=xe(l,i))&&Ot(a)>Ot(s)+.05*Math.max(1,s.length)?Cr(a,s.length,!0):Cr(s,s.length,!1);return{month:n,rows:ps(o,r),total:m}}function Ot(n){return n.reduce((e,t)=>e+t.energy_kwh,0)}function Cr(n,e,t){if(n.length===0)return null;let r=n.reduce((s,a)=>s+a.green_kwh,0),i=n.reduce((s,a)=>s+a.green_kwh+a.battery_kwh+a.grid_kwh,0),o=[...new Set(n.flatMap(s=>s.currency??[]))].sort();return{count:e,energy:Ot(n),sun:i>0?100*r/i:null,money:o.map(s=>us(n,s)),hasMore:t}}function us(n,e){let t=n.filter(s=>s.currency===e&&s.cost!==null),r=t.reduce((s,a)=>s+a.cost,0),i=t.reduce((s,a)=>s+a.energy_kwh*(a.priced_percent??0)/100,0),o=t.map(s=>"cost_at_once"in s?s.cost_at_once:null);return{currency:e,cost:r,average_price:i>0?r/i:null,at_once:o.includes(null)?null:o.reduce((s,a)=>s+a,0)}}function ps(n,{column:e,isDescending:t}){let r=t?-1:1;return[...n].sort((i,o)=>{let[s,a]=[Rr(i,e),Rr(o,e)];if(s===null||a===null)return+(s===null)-+(a===null)||o.started-i.started;if(ms(e)&&i.currency!==o.currency)return(i.currency??"").localeCompare(o.currency??"");let l=typeof s=="string"?s.localeCompare(String(a),void 0,{numeric:!0}):s-Number(a);return r*l||o.started-i.started})}function ms(n){return n==="cost"||n==="average_price"||n==="at_once"}function Rr(n,e){return e==="connector"?`${n.connector} ${n.vehicle??""}`:n[e]}function Lr(n,e){return n.column===e?{column:e,isDescending:!n.isDescending}:{column:e,isDescending:e!=="connector"}}var Hr=k`
  ha-card {
    padding: 12px 16px 16px;
    container-type: inline-size;
  }
  h2 {
    margin: 0 0 4px;
    font-size: var(--ha-font-size-l, 16px);
    font-weight: var(--ha-font-weight-medium, 500);
  }
  h3 {
    margin: 0;
    min-width: 9em;
    text-align: center;
    font-size: var(--ha-font-size-m, 14px);
    font-weight: var(--ha-font-weight-medium, 500);
  }
  .months {
    display: flex;
    align-items: center;
    justify-content: center;
    gap: 8px;
  }
  button {
    font: inherit;
    color: inherit;
    background: none;
    border: 0;
    padding: 0;
    cursor: pointer;
  }
  button:focus-visible {
    outline: 2px solid var(--primary-color);
    outline-offset: 2px;
    border-radius: 4px;
  }
  .step {
    width: 40px;
    height: 40px;
    font-size: 20px;
    border-radius: 50%;
  }
  .step:hover:not([disabled]),
  tr.session:hover {
    background: var(--secondary-background-color);
  }
  .step[disabled] {
    opacity: 0.3;
    cursor: default;
  }
  .plain {
    color: var(--primary-color);
    min-height: 40px;
    padding: 0 4px;
  }
  .note {
    margin: 8px 0;
    color: var(--secondary-text-color);
  }
  .hidden {
    position: absolute;
    width: 1px;
    height: 1px;
    overflow: hidden;
    clip-path: inset(50%);
    white-space: nowrap;
  }
  table {
    width: 100%;
    border-collapse: collapse;
  }
  th,
  td {
    text-align: end;
    vertical-align: top;
    padding: 10px 0 10px 12px;
    border-bottom: 1px solid var(--divider-color);
    font-weight: inherit;
    white-space: nowrap;
    font-variant-numeric: tabular-nums;
  }
  .started,
  .connector {
    text-align: start;
    white-space: normal;
    overflow-wrap: anywhere;
  }
  .started {
    padding-inline-start: 0;
  }
  thead th {
    vertical-align: bottom;
    white-space: normal;
    color: var(--secondary-text-color);
    font-size: var(--ha-font-size-s, 12px);
    padding-top: 4px;
    padding-bottom: 4px;
  }
  thead button {
    min-height: 32px;
    text-align: inherit;
  }
  .sign {
    margin-inline-start: 4px;
    font-size: 9px;
  }
  tr.session {
    cursor: pointer;
  }
  tr.session .started button {
    text-align: start;
    color: var(--primary-color);
    min-height: 24px;
  }
  tr.open > * {
    border-bottom: 0;
  }
  tfoot > tr > * {
    font-weight: var(--ha-font-weight-medium, 500);
    border-bottom: 0;
  }
  .who,
  .vehicle,
  .running {
    display: block;
    font-weight: normal;
    font-size: var(--ha-font-size-s, 12px);
    color: var(--secondary-text-color);
  }
  .running {
    color: var(--primary-text-color);
  }
  .details td {
    text-align: start;
    white-space: normal;
    padding: 0 0 12px;
  }
  dl {
    display: grid;
    grid-template-columns: repeat(auto-fill, minmax(120px, 1fr));
    gap: 8px 16px;
    margin: 4px 0 12px;
  }
  dt {
    font-size: var(--ha-font-size-s, 12px);
    color: var(--secondary-text-color);
  }
  dd {
    margin: 0;
    overflow-wrap: anywhere;
  }
  .curve svg {
    display: block;
    overflow: visible;
  }
  .area {
    fill: var(--energy-grid-consumption-color, #488fc2);
    opacity: 0.3;
  }
  .line {
    fill: none;
    stroke: var(--energy-grid-consumption-color, #488fc2);
    stroke-width: 2;
  }
  .level {
    stroke: var(--divider-color);
  }
  text {
    font-size: 11px;
    fill: var(--secondary-text-color);
  }

  td.connector,
  th.connector,
  .average_price,
  .at_once {
    display: none;
  }
  @container (min-width: 560px) {
    td.connector,
    th.connector {
      display: table-cell;
    }
    .started .who {
      display: none;
    }
    .at_once {
      display: table-cell;
    }
  }
  @container (min-width: 680px) {
    .average_price {
      display: table-cell;
    }
  }
`;var Se="–",rt=class{constructor(e,t){this.hass=e;this.texts=t}hass;texts;text(e,t){return this.texts(`sessions_card.${e}`,t)}month(e){let[t,r]=e.split("-").map(Number);return En(this.hass,new Date(Date.UTC(t,r-1,15)))}time(e){return Y(this.hass,new Date(e))}dateTime(e){return Pn(this.hass,new Date(e))}energy(e){return q(this.hass,e)}percent(e){return e===null?Se:Z(this.hass,e/100)}money(e,t){return e===null?Se:H(this.hass,e,t)}price(e,t){return e===null?Se:`${H(this.hass,e,t,Math.abs(e)<10?3:1)}/kWh`}number(e,t){return $(this.hass,e,t)}power(e){return se(this.hass,e)}amps(e){return C(this.hass,e)}minutes(e){return X(this.hass,e*6e4)}};function Or(n){let{view:e,words:t,limit:r}=n,i=r===null?e.rows:e.rows.slice(0,r),o=e.rows.length-i.length;return c`<table>
      <caption class="hidden">${t.text("caption",{month:t.month(e.month)})}</caption>
      <thead>
        <tr>${It.map(s=>hs(n,s))}</tr>
      </thead>
      <tbody>
        ${i.map(s=>fs(n,s))}
      </tbody>
      ${gs(n)}
    </table>
    ${o>0?c`<button type="button" class="plain" @click=${n.showAll}>
            ${t.text("show_all",{count:e.rows.length})}
          </button>`:d}
    ${e.total?.hasMore?c`<p class="note">${t.text(e.rows.length>0?"partly_kept":"not_kept")}</p>`:d}`}function hs({words:n,sort:e,sortBy:t},r){let i=e.column===r,o=i?e.isDescending?"descending":"ascending":"none",s=i?e.isDescending?"▼":"▲":"";return c`<th scope="col" class=${r} aria-sort=${o}>
    <button type="button" @click=${()=>t(r)}>
      ${n.text(`column.${r}`)}<span class="sign" aria-hidden="true">${s}</span>
    </button>
  </th>`}function fs(n,e){let{words:t,open:r,toggle:i}=n,o=e.key===r,s=[e.connector,e.vehicle].filter(Boolean).join(" · ");return c`<tr class=${o?"session open":"session"} @click=${()=>i(e.key)}>
      <th scope="row" class="started">
        <button
          type="button"
          aria-expanded=${o?"true":"false"}
          @click=${a=>{a.stopPropagation(),i(e.key)}}
        >
          ${t.dateTime(e.started)}
        </button>
        ${e.ended===null?c`<span class="running">${t.text("running")}</span>`:d}
        <span class="who">${s}</span>
      </th>
      <td class="connector">${e.connector}${e.vehicle?c`<span class="vehicle">${e.vehicle}</span>`:d}</td>
      <td class="energy">${t.energy(e.energy)}</td>
      <td class="sun">${t.percent(e.sun)}</td>
      <td class="cost">${t.money(e.cost,e.currency)}</td>
      <td class="average_price">${t.price(e.average_price,e.currency)}</td>
      <td class="at_once">${t.money(e.at_once,e.currency)}</td>
    </tr>
    ${o?c`<tr class="details"><td colspan=${It.length}>${n.details(e)}</td></tr>`:d}`}function gs({view:n,words:e}){let t=n.total;if(t===null)return d;let r=i=>t.money.length===0?Se:c`${t.money.map(o=>c`<div>${i(o)}</div>`)}`;return c`<tfoot>
    <tr>
      <th scope="row" class="started">
        ${e.text("total")}
        <span class="who">${t.hasMore?d:e.text("count",{count:t.count})}</span>
      </th>
      <td class="connector">${t.hasMore?d:e.text("count",{count:t.count})}</td>
      <td class="energy">${e.energy(t.energy)}</td>
      <td class="sun">${e.percent(t.sun)}</td>
      <td class="cost">${r(i=>e.money(i.cost,i.currency))}</td>
      <td class="average_price">${r(i=>e.price(i.average_price,i.currency))}</td>
      <td class="at_once">${r(i=>e.money(i.at_once,i.currency))}</td>
    </tr>
  </tfoot>`}var ys=32,bs=12,Ir={type:"twc-manager-sessions-card",name:"Charging sessions",description:"Charging sessions with energy, sun and cost, month by month",preview:!0,documentationURL:E},it=class extends v{static properties={...v.properties,available:{state:!0},data:{state:!0},error:{state:!0},month:{state:!0},sort:{state:!0},open:{state:!0},curve:{state:!0},isWhole:{state:!0}};static styles=[v.styles,Hr];#e;#t=0;#n;constructor(){super(),this.available=360,this.sort={column:"started",isDescending:!0},this.open=null,this.curve="loading",this.isWhole=!1}connectedCallback(){super.connectedCallback(),!(typeof ResizeObserver>"u")&&(this.#n=new ResizeObserver(([e])=>{let t=e?.contentRect.width??0;t>0&&(this.available=t-ys)}),this.#n.observe(this))}disconnectedCallback(){super.disconnectedCallback(),this.#n?.disconnect(),this.#e=void 0}getCardSize(){return 6}*shownEntities(e){for(let{entities:t}of S(e,this.deviceId)){let r=t.get("event.session");r!==void 0&&(yield r)}}updated(e){super.updated(e);let t=this.hass;if(t===void 0||this.texts===void 0||!this.isConnected)return;let r=this.#r(t);r!==this.#e&&(this.#e=r,this.#s(t))}#r(e){let t=S(e,this.deviceId).map(({deviceId:r,entities:i})=>{let o=e.states[i.get("event.session")??""];return[r,o===void 0?this.#i(r)?.session?.started:o.state]});return JSON.stringify([this.deviceId,t])}#i(e){return this.live?.buses.flatMap(t=>t.connectors).find(t=>t.device_id===e)}async#s(e){let t=this.#t+=1;try{if(S(e,this.deviceId).length===0)return;let r=await kr(e,this.deviceId);if(t!==this.#t)return;this.data=r,this.error=void 0}catch(r){t===this.#t&&(this.error=r?.message??"")}}#o=()=>{let e=this.hass;this.error=void 0,e!==void 0&&this.#s(e)};content(e,t){let r=new rt(e,t),i=S(e,this.deviceId);return i.length===0&&this.deviceId!==void 0?P(t("common.device_gone")):c`<h2>${r.text("title")}</h2>
      ${this.#a(e,r,i)}`}#a(e,t,r){let i=this.error===void 0?d:c`<p class="note" role="alert">
            ${t.text("failed",{error:this.error})}
            <button type="button" class="plain" @click=${this.#o}>${t.text("retry")}</button>
          </p>`;if(r.length===0)return c`<p class="note">${t.text("none")}</p>`;if(this.data===void 0)return this.error===void 0?c`<p class="note" role="status">${t.text("loading")}</p>`:c`${i}`;let o=this.#p(e,this.data,r);return o.length===0&&this.data.months.length===0?c`${i}<p class="note">${t.text("none")}</p>`:c`${i}${this.#c(e,t,this.data,o)}`}#p(e,t,r){let i=N(e).flatMap(p=>p.connectors),o=new Map(i.map(({deviceId:p,name:m})=>[p,m])),s=new Set(r.map(p=>p.deviceId)),a=(this.live?.buses??[]).flatMap(p=>Pr(p.connectors.filter(({device_id:m})=>m!==null&&s.has(m)),o,p.currency)),l=Er(t,o),u=new Set(l.map(p=>p.key));return[...a.filter(p=>!u.has(p.key)),...l]}#c(e,t,r,i){let o=Q(e),s=Ar(i,r.months,Date.now(),o),a=this.month!==void 0&&s.includes(this.month)?this.month:s.at(-1),l=s.indexOf(a),u=Mr(a,i,r.months,this.sort,o),p=(m,h,f)=>c`<button
        type="button"
        class="step"
        aria-label=${t.text(f)}
        ?disabled=${s[l+m]===void 0}
        @click=${()=>this.#d(s[l+m])}
      >
        ${h}
      </button>`;return c`
      <div class="months">
        ${p(-1,"‹","earlier")}
        <h3 aria-live="polite">${t.month(a)}</h3>
        ${p(1,"›","later")}
      </div>
      ${u.rows.length===0&&u.total===null?c`<p class="note">${t.text("none_in_month")}</p>`:Or({view:u,words:t,sort:this.sort,open:this.open,limit:this.isWhole?null:bs,sortBy:m=>this.sort=Lr(this.sort,m),toggle:m=>this.#m(e,u.rows.find(h=>h.key===m)),showAll:()=>this.isWhole=!0,details:m=>Tr({row:m,words:t,curve:this.curve,width:this.available-16,timeZone:o,now:Date.now(),retry:()=>{this.#u(e,m)}})})}
    `}#d(e){this.month=e,this.open=null,this.isWhole=!1}#m(e,t){if(t===void 0||this.open===t.key){this.open=null;return}this.open=t.key,this.#u(e,t)}async#u(e,t){let i=S(e).find(({deviceId:s})=>s===t.deviceId)?.entities.get("sensor.power");if(this.curve=i===void 0?"no_sensor":"loading",i===void 0)return;let o=await $r(e,i,t.started,t.ended??Date.now()).catch(()=>"failed");this.open===t.key&&(this.curve=o)}};async function Dr(n){await customElements.whenDefined("home-assistant");for(let[e,t]of Object.entries(n))customElements.get(e)===void 0&&customElements.define(e,t)}function ot(n,e){for(let t of e)n.some(r=>r.type===t.type)||n.push(t)}var Nr="twc-manager-amps",Dt=5,Nt=3,Ut=8,vs=2e3,xs=new Set(["number.charge_limit","number.total_current_limit"]),st=class extends T{static properties={context:{attribute:!1},hass:{attribute:!1},config:{state:!0},live:{state:!0},texts:{state:!0},wanted:{state:!0}};static styles=k`
    :host {
      display: block;
    }
    .steps {
      display: flex;
      gap: var(--feature-button-spacing, 8px);
      height: var(--feature-height, 42px);
    }
    button {
      flex: 1 1 0;
      min-width: 24px;
      padding: 0;
      overflow: hidden;
      font: inherit;
      font-weight: 500;
      color: var(--primary-text-color);
      background: color-mix(in srgb, var(--primary-text-color) 8%, transparent);
      border: 2px solid transparent;
      border-radius: var(--feature-border-radius, 12px);
      cursor: pointer;
    }
    button[aria-pressed="true"] {
      border-color: var(--feature-color, var(--primary-color));
      background: color-mix(in srgb, var(--feature-color, var(--primary-color)) 22%, transparent);
    }
    button[aria-busy="true"] {
      border-style: dashed;
    }
    button:focus-visible {
      outline: 2px solid var(--primary-text-color);
      outline-offset: 1px;
    }
  `;#e;#t;#n;static getStubConfig(){return{type:`custom:${Nr}`,steps:Dt}}static getConfigForm(){return{schema:[{name:"steps",selector:{number:{min:Nt,max:Ut,step:1,mode:"slider"}}}],computeLabel:()=>j()?.("amps_feature.steps")??"",computeHelper:()=>j()?.("amps_feature.steps_helper")??""}}setConfig(e){let t=e.steps??Dt;if(!Number.isInteger(t)||t<Nt||t>Ut)throw new Error(`steps: ${Nt}-${Ut}`);this.config=e}connectedCallback(){super.connectedCallback(),this.requestUpdate()}disconnectedCallback(){super.disconnectedCallback(),clearTimeout(this.#n),this.#e?.(),this.#e=this.#t=this.wanted=void 0}willUpdate(){let{hass:e}=this,t=e?.states[this.context?.entity_id??""];Number(t?.state)===this.wanted&&(this.wanted=void 0),!(e===void 0||!this.isConnected||this.#t===e.language)&&(this.#t=e.language,K(e).then(r=>this.texts=r),this.#e?.(),this.#e=Ue(e,r=>this.live=r))}render(){let{hass:e,config:t}=this,r=e?.states[this.context?.entity_id??""];if(e===void 0||t===void 0||!De(r))return d;let i=this.wanted??Number(r.state),o=Sn($s(e,r,this.live),t.steps??Dt);return c`<div class="steps" role="group" aria-label=${this.texts?.("amps_feature.amps")??d}>
      ${o.map(s=>c`<button
          type="button"
          aria-label=${C(e,s)}
          aria-pressed=${s===i?"true":"false"}
          aria-busy=${s===this.wanted?"true":d}
          @click=${()=>{this.#r(e,r,s)}}
        >
          ${$(e,s)}
        </button>`)}
    </div>`}async#r(e,{entity_id:t},r){this.wanted=r,clearTimeout(this.#n);let i=()=>{this.wanted===r&&(this.wanted=void 0)};try{await e.callService("number","set_value",{value:r},{entity_id:t}),this.#n=setTimeout(i,vs)}catch{i()}}};function $s(n,e,t){let r=n.entities[e.entity_id]?.device_id,i=t?.buses.find(({device_id:s,connectors:a})=>s===r||a.some(l=>l.device_id===r));return{minimum:(i?.connectors.find(({device_id:s})=>s===r)??i?.connectors[0])?.minimum??null,maximum:Number(e.attributes.max)}}var Ur={type:Nr,name:"Amps in useful steps",configurable:!0,isSupported:(n,{entity_id:e})=>{let t=n.entities[e??""];return t?.platform===b&&xs.has(fe(n,t)??"")}};var at=class extends HTMLElement{static async generate(e,t){let r=await K(t),i=N(t).flatMap(o=>[{type:"custom:twc-manager-flow-card",device_id:o.deviceId},{type:"custom:twc-manager-plan-card",device_id:o.deviceId},...o.connectors.map(s=>({type:"custom:twc-manager-connector-card",device_id:s.deviceId})),{type:"custom:twc-manager-sessions-card",device_id:o.deviceId}]);return{views:[{title:r("dashboard.title"),type:"sections",sections:i.map(o=>({cards:[o]}))}]}}static async getCreateSuggestions(e){return{title:(await K(e))("dashboard.title"),icon:"mdi:ev-station"}}},Fr={type:"twc-manager",strategyType:"dashboard",name:"TWC Manager",description:"All wall connectors: what happens now, why, and what comes next",documentationURL:E};ot(window.customCards??=[],[wn,jn,xr,Ir]);ot(window.customCardFeatures??=[],[Ur]);ot(window.customStrategies??=[],[Fr]);Dr({"twc-manager-connector-card":Fe,"twc-manager-connector-panel":Be,"twc-manager-flow-card":Ke,"twc-manager-plan-card":tt,"twc-manager-sessions-card":it,"twc-manager-amps":st,"ll-strategy-dashboard-twc-manager":at});
